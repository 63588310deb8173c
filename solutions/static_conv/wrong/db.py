# mistake: not_summed -- summed over the minibatch only
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
        db = dout.sum(0)
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: not_summed -- summed over height and width only
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
        db = dout.sum((2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: constant_factor -- the mean instead of the sum
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
        db = dout.mean((0, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: constant_factor -- averaged over the windows
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
        db = dout.mean((2, 3)).sum(0)
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: keepdim -- the summed dimensions are kept
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
        db = dout.sum((0, 2, 3), keepdim=True)
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db


# mistake: wrong_axis -- summed over the kernels
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
        db = dout.sum((1, 2, 3))
        for i in range(Ho):
            for j in range(Wo):
                rows = slice(i*stride, i*stride + HH)
                columns = slice(j*stride, j*stride + WW)
                d = dout[:, :, i, j]
                dw += (d.T @ xpad[:, :, rows, columns].reshape(n, -1)).view_as(w)
                dxpad[:, :, rows, columns] += (d @ w.reshape(f, -1)).view(n, c, HH, WW)
        dx = dxpad[:, :, pad:-pad, pad:-pad]
        return dx, dw, db
