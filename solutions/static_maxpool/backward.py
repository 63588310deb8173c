# The worked solution: one window after the other, for all images and channels at once.

import torch


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
                dx[:, :, rows, columns] += largest * dout[:, :, i, j, None, None] # windows overlap
        return dx
