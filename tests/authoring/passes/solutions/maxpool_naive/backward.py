import torch


def dx(dout, x, pool_height, pool_width, stride):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            rows = slice(i * stride, i * stride + pool_height)
            columns = slice(j * stride, j * stride + pool_width)
            window = x[:, :, rows, columns]
            mask = window == window.amax((2, 3), keepdim=True)
            d[:, :, rows, columns] += mask * dout[:, :, i, j, None, None]
    return d
