import torch


EPS = 1e-6


def _sums(fq, fk, v):
    """The state S and z after each step, and numerator and denominator of the output."""
    S = (fk[..., :, None] * v[..., None, :]).cumsum(1)
    z = fk.cumsum(1)
    num = torch.einsum('ntd,ntde->nte', fq, S)
    den = (fq * z).sum(2, keepdim=True) + EPS
    return S, z, num, den


def _rest(t):
    """What each step contributes to itself and to all later ones."""
    return t.flip(1).cumsum(1).flip(1)


def _states(dout, fq, fk, v):
    """The gradients of S and z at each step."""
    _, _, num, den = _sums(fq, fk, v)
    dnum = dout / den
    dden = -(dout * num).sum(2, keepdim=True) / den**2
    return _rest(fq[..., :, None] * dnum[..., None, :]), _rest(fq * dden)


def dfq(dout, fq, fk, v):
    S, z, num, den = _sums(fq, fk, v)
    dden = -(dout * num).sum(2, keepdim=True) / den**2
    return torch.einsum('ntde,nte->ntd', S, dout / den) + z * dden


def dfk(dout, fq, fk, v):
    dS, dz = _states(dout, fq, fk, v)
    return torch.einsum('ntde,nte->ntd', dS, v) + dz


def dv(dout, fq, fk, v):
    dS, _ = _states(dout, fq, fk, v)
    return torch.einsum('ntde,ntd->nte', dS, fk)


def dq(dfq, q):
    return dfq * torch.where(q > 0, torch.ones_like(q), q.exp())


def dk(dfk, k):
    return dfk * torch.where(k > 0, torch.ones_like(k), k.exp())
