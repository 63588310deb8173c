import torch


def _draw(dz, z, view1, view2, W):
    """The gradient before the rows are divided by their lengths."""
    length = (torch.cat([view1, view2]) @ W).norm(dim=1, keepdim=True)
    return (dz - z * (z * dz).sum(1, keepdim=True)) / length


def dsim(sim, partner):
    p = torch.softmax(sim, dim=1)
    return (p - torch.nn.functional.one_hot(partner, len(p))) / len(p)


def dz(dsim, z):
    # each row is compared with others, and others with it, but not with itself; the temperature is 0.5
    others = dsim - torch.diag(torch.diagonal(dsim))
    return (others + others.T) @ z / 0.5


def dW(dz, z, view1, view2, W):
    return torch.cat([view1, view2]).T @ _draw(dz, z, view1, view2, W)


def dview1(dz, z, view1, view2, W):
    return _draw(dz, z, view1, view2, W)[: len(view1)] @ W.T


def dview2(dz, z, view1, view2, W):
    return _draw(dz, z, view1, view2, W)[len(view1) :] @ W.T
