import torch


class MaxPool:
    @staticmethod
    def forward(x, pool_param):
        N, C, H, W = x.shape
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        out = torch.empty((N, C, 1 + (H - ph) // stride, 1 + (W - pw) // stride), dtype=x.dtype)
        for i in range(out.shape[2]):
            for j in range(out.shape[3]):
                window = x[:, :, i * stride:i * stride + ph, j * stride:j * stride + pw]
                out[:, :, i, j] = window.reshape(N, C, -1).max(dim=2).values
        return out, (x, pool_param)

    @staticmethod
    def backward(dout, cache):
        x, pool_param = cache
        N, C, H, W = x.shape
        ph, pw, stride = pool_param["pool_height"], pool_param["pool_width"], pool_param["stride"]
        dx = torch.zeros_like(x)
        for n in range(N):
            for c in range(C):
                for i in range(dout.shape[2]):
                    for j in range(dout.shape[3]):
                        top, left = i * stride, j * stride
                        window = x[n, c, top:top + ph, left:left + pw]
                        a, b = divmod(int(window.argmax()), window.shape[1])
                        dx[n, c, top + a, left + b] += dout[n, c, i, j]
        return dx
