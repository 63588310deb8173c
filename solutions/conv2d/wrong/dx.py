# mistake: unknown -- the frame is left on
def dx(dxpad):
    return dxpad.clone()


# mistake: wrong_index -- cut off at the end only
def dx(dxpad):
    return dxpad[:, :, :-2, :-2]


# mistake: wrong_index -- cut off at the beginning only
def dx(dxpad):
    return dxpad[:, :, 2:, 2:]


# mistake: wrong_index -- rows are right, columns are not
def dx(dxpad):
    return dxpad[:, :, 1:-1, 2:]


# mistake: unknown -- columns are not cut
def dx(dxpad):
    return dxpad[:, :, 1:-1]


# mistake: wrong_index -- another frame of zeros inside
def dx(dxpad):
    return F.pad(dxpad[:, :, 2:-2, 2:-2], (1, 1, 1, 1))


# mistake: upstream_unused -- ones
def dx(x):
    return torch.ones_like(x)


# mistake: constant_factor -- averaged over the pictures
def dx(dxpad):
    return dxpad[:, :, 1:-1, 1:-1]/dxpad.shape[0]


# mistake: hard_coded -- 8 by 13 pixels
def dx(dxpad):
    return dxpad[:, :, 1:9, 1:14]


# mistake: sign -- a minus
def dx(dxpad):
    return -dxpad[:, :, 1:-1, 1:-1]


# mistake: zeros -- nothing is filled in
def dx(x):
    return torch.zeros_like(x)
