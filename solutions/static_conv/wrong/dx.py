# mistake: repeated_index -- assigned instead of added where windows overlap
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] = (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: wrong_index -- the border is not cropped
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad
        return dx, dw, db


# mistake: wrong_index -- cropped at the end only
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, :-2*pad, :-2*pad]
        return dx, dw, db


# mistake: wrong_index -- no stride on the way back
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i, i + HH)
                columns = slice(j, j + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: upstream_unused -- as if dout were one
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (torch.ones_like(d) @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: wrong_operand -- the kernels turned around
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.flip(2, 3).reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: constant_factor -- averaged over the minibatch
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad] / n
        return dx, dw, db


# mistake: hard_coded -- the border of the given case typed as a number
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, 1:-1, 1:-1]
        return dx, dw, db


# mistake: wrong_index -- only the first channel
class Conv:
    @staticmethod
    def forward(x, w, b, conv_param):
        stride, pad = conv_param["stride"], conv_param["pad"]
        n, c, H, W = x.shape
        f, _, HH, WW = w.shape
        Ho = 1 + (H + 2*pad - HH) // stride
        Wo = 1 + (W + 2*pad - WW) // stride
        xpad = torch.nn.functional.pad(x, (pad, pad, pad, pad))
        out = torch.zeros((n, f, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                window = xpad[:, :, i*stride:i*stride + HH, j*stride:j*stride + WW]
                out[:, :, i, j] = window.reshape(n, -1) @ w.reshape(f, -1).T + b
        return out, (xpad, w, stride, pad)

    @staticmethod
    def backward(dout, cache):
        xpad, w, stride, pad = cache
        n, f, Ho, Wo = dout.shape
        _, c, HH, WW = w.shape
        dxpad = torch.zeros_like(xpad)
        dw = torch.zeros_like(w)
        db = dout.sum((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :1, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)[:, :1]
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db
