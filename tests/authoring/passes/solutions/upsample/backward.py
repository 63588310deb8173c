import torch
import torch.nn.functional as F


def _spread(n):
    """The (2*n, n) matrix of linear interpolation from n to 2*n points."""
    at = ((torch.arange(2 * n) + 0.5) / 2 - 0.5).clamp(0, n - 1)
    below = at.floor().long()
    above = (below + 1).clamp(max=n - 1)
    part = (at - below).double()
    rows = torch.arange(2 * n)
    M = torch.zeros(2 * n, n, dtype=torch.float64)
    M.index_put_((rows, below), 1 - part, accumulate=True)
    M.index_put_((rows, above), part, accumulate=True)
    return M


def dmerged(dy, weight):
    return torch.einsum('nohw,oc->nchw', dy, weight[:, :, 0, 0])


def dweight(dy, merged):
    return torch.einsum('nohw,nchw->oc', dy, merged)[:, :, None, None]


def dup(dmerged, up):
    return dmerged[:, :up.shape[1]].clone()


def dskip(dmerged, up):
    return dmerged[:, up.shape[1]:].clone()


def dlow(dup, low):
    rows = _spread(low.shape[2]).to(dup)
    columns = _spread(low.shape[3]).to(dup)
    return rows.T @ dup @ columns
