# form: half by half
def dx(dx1, dx2, x, half):
    d = torch.zeros_like(x)
    d[:, :, :half] = dx1
    d[:, :, half:] = dx2
    return d


# form: stacked, then flattened
def dx(dx1, dx2):
    return torch.stack([dx1, dx2], 2).flatten(2)


# form: fused: the inverse rotation in one go
def dx(dout, cos, sin, half):
    return torch.cat([cos, cos], 1)*dout + torch.cat([sin, sin], 1)*torch.cat([dout[..., half:], -dout[..., :half]], 2)
