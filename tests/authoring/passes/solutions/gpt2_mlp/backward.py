import torch


def dc_proj_b(dout):
    return dout.sum((0, 1))


def dc_proj_w(dout, a):
    return torch.einsum('nti,ntj->ij', a, dout)


def dy(dout):
    return dout


def da(dy, c_proj_w):
    return dy @ c_proj_w.T


def dh(da, h):
    c = (2 / torch.pi) ** 0.5
    t = torch.tanh(c * (h + 0.044715 * h**3))
    inner = c * (1 + 3 * 0.044715 * h**2)
    return da * (0.5 * (1 + t) + 0.5 * h * (1 - t**2) * inner)


def dc_fc_b(dh):
    return dh.sum((0, 1))


def dc_fc_w(dh, x):
    return torch.einsum('nti,ntj->ij', x, dh)


def dx(dout, dh, c_fc_w):
    return dout + dh @ c_fc_w.T
