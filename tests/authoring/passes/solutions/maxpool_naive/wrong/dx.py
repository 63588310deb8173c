# mistake: wrong_operand -- every pixel of a window gets the gradient
def dx(dout, x):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[:, :, i, j, None, None]
    return d


# mistake: constant_factor -- the average of a window
def dx(dout, x):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += dout[:, :, i, j, None, None] / 4
    return d


# mistake: wrong_operand -- the maximum of the whole image
def dx(dout, x):
    up = dout.repeat_interleave(2, 2).repeat_interleave(2, 3)
    mask = x == x.amax((2, 3), keepdim=True)
    d = torch.zeros_like(x)
    d[:, :, :up.shape[2], :up.shape[3]] = up
    return d * mask


# mistake: upstream_unused -- only the mask
def dx(dout, x):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            window = x[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2]
            d[:, :, 2 * i:2 * i + 2, 2 * j:2 * j + 2] += window == window.amax((2, 3), keepdim=True)
    return d
