# mistake: unknown -- the border is not cropped
def dx(dxpad):
    return dxpad.clone()


# mistake: wrong_index -- cropped at the end only
def dx(dxpad):
    return dxpad[:, :, :-2, :-2]


# mistake: wrong_index -- cropped at the start only
def dx(dxpad):
    return dxpad[:, :, 2:, 2:]


# mistake: wrong_index -- rows are right, columns are not
def dx(dxpad):
    return dxpad[:, :, 1:-1, 2:]


# mistake: unknown -- columns are not split
def dx(dxpad):
    return dxpad[:, :, 1:-1]


# mistake: wrong_index -- another border of zeros inside
def dx(dxpad):
    return F.pad(dxpad[:, :, 2:-2, 2:-2], (1, 1, 1, 1))


# mistake: upstream_unused -- ones
def dx(x):
    return torch.ones_like(x)


# mistake: constant_factor -- averaged over the images
def dx(dxpad):
    return dxpad[:, :, 1:-1, 1:-1]/dxpad.shape[0]


# mistake: hard_coded -- 8 by 13 pixels
def dx(dxpad):
    return dxpad[:, :, 1:9, 1:14]


# mistake: sign -- a minus
def dx(dxpad):
    return -dxpad[:, :, 1:-1, 1:-1]


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
