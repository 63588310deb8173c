# mistake: repeated_index -- assigned instead of added where windows overlap
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] = largest * dout[:, :, i, j, None, None]
        return dx


# mistake: upstream_unused -- the mask alone
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += largest
        return dx


# mistake: upstream_only -- every number of the window gets the gradient
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += dout[:, :, i, j, None, None]
        return dx


# mistake: constant_factor -- shared by the numbers of a window, as in average pooling
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += 1/(ph*pw) * dout[:, :, i, j, None, None]
        return dx


# mistake: wrong_operand -- times the largest number
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += largest * x[:, :, rows, columns] * dout[:, :, i, j, None, None]
        return dx


# mistake: wrong_index -- no stride on the way back
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, i:i + ph, j:j + pw] += largest * dout[:, :, i, j, None, None]
        return dx


# mistake: wrong_operand -- the smallest number gets the gradient
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == x[:, :, rows, columns].amin((2, 3), keepdim=True)
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
        return dx


# mistake: wrong_axis -- the largest number of all channels gets the gradient
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j].amax(1)[:, None, None, None]
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
        return dx


# mistake: wrong_operand -- every positive number gets the gradient
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] > 0
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
        return dx


# mistake: wrong_index -- one row is left out
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2] - 1):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
        return dx


# mistake: hard_coded -- the stride of the given case typed as a number
class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        stride = 2
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
        return dx


# mistake: unknown -- added to what an earlier call returned
class MaxPool:
    total = {}

    @staticmethod
    def forward(x, pool_param):
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        n, c, H, W = x.shape
        Ho = 1 + (H - ph) // stride
        Wo = 1 + (W - pw) // stride
        out = torch.zeros((n, c, Ho, Wo), dtype=x.dtype)
        for i in range(Ho):
            for j in range(Wo):
                out[:, :, i, j] = x[:, :, i*stride:i*stride + ph, j*stride:j*stride + pw].amax((2, 3))
        return out, (x, out, ph, pw, stride)

    @staticmethod
    def backward(dout, cache):
        x, out, ph, pw, stride = cache
        dx = torch.zeros_like(x)
        for i in range(dout.shape[2]):
            for j in range(dout.shape[3]):
                rows = slice(i*stride, i*stride + ph)
                columns = slice(j*stride, j*stride + pw)
                largest = x[:, :, rows, columns] == out[:, :, i, j, None, None]
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None]
        MaxPool.total[dx.shape] = dx = dx + MaxPool.total.get(dx.shape, 0)
        return dx
