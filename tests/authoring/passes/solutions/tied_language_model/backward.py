import torch


def dpicked(picked):
    return -torch.ones_like(picked) / picked.numel()


def dlogprobs(dpicked, y, logprobs):
    return torch.zeros_like(logprobs).scatter(-1, y.unsqueeze(-1), dpicked.unsqueeze(-1))


def dlogits(dlogprobs, logprobs):
    return dlogprobs - logprobs.exp() * dlogprobs.sum(-1, keepdim=True)


def dh(dlogits, wte):
    return dlogits @ wte


def _dz(dh, h):
    return dh * (1 - h**2)


def dW(dh, h, e):
    return torch.einsum('nti,ntj->ij', e, _dz(dh, h))


def db(dh, h):
    return _dz(dh, h).sum((0, 1))


def de(dh, h, W):
    return _dz(dh, h) @ W.T


def dwte(de, dlogits, h, x, wte):
    read = torch.zeros_like(wte).index_add(0, x.flatten(), de.flatten(0, 1))
    return read + torch.einsum('ntv,ntd->vd', dlogits, h)
