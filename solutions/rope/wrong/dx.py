# mistake: wrong_index -- the other order
def dx(dx1, dx2):
    return torch.cat([dx2, dx1], 2)


# mistake: permuted -- pair by pair: the other layout
def dx(dx1, dx2):
    return torch.stack([dx1, dx2], 3).flatten(2)


# mistake: wrong_axis -- stacked below each other
def dx(dx1, dx2):
    return torch.cat([dx1, dx2], 1)


# mistake: summed_too_far -- added
def dx(dx1, dx2):
    return dx1 + dx2


# mistake: missing_path -- only the first half
def dx(dx1, dx2):
    return torch.cat([dx1, torch.zeros_like(dx2)], 2)


# mistake: other_gradient -- not rotated at all
def dx(dr1, dr2):
    return torch.cat([dr1, dr2], 2)


# mistake: other_gradient -- the forward rotation, applied again
def dx(dout, cos, sin, half):
    return torch.cat([dout[..., :half]*cos - dout[..., half:]*sin, dout[..., half:]*cos + dout[..., :half]*sin], 2)


# mistake: permuted -- rotated back in the other layout
def dx(dout, cos, sin):
    d1, d2 = dout[..., 0::2], dout[..., 1::2]
    return torch.stack([d1*cos + d2*sin, d2*cos - d1*sin], 3).flatten(2)


# mistake: hard_coded -- six pairs
def dx(dx1, dx2, x):
    d = torch.zeros_like(x)
    d[:, :, :6] = dx1
    d[:, :, 6:] = dx2
    return d


# mistake: sign -- a minus
def dx(dx1, dx2):
    return -torch.cat([dx1, dx2], 2)


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
