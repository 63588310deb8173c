import torch


def _da(dhs, hs, U, steps):
    """Backpropagation through time, in the order of `steps`: the gradient of what goes into the tanh."""
    out = [None] * hs.shape[1]
    later = torch.zeros_like(hs[:, 0])
    for t in reversed(steps):
        out[t] = (dhs[:, t] + later) * (1 - hs[:, t] ** 2)
        later = out[t] @ U.T
    return torch.stack(out, dim=1)


def _da_left(dleft, left, Uf):
    return _da(dleft, left, Uf, list(range(left.shape[1])))


def _da_right(dright, right, Ub):
    return _da(dright, right, Ub, list(reversed(range(right.shape[1]))))


def _outer(a, b):
    return torch.einsum('nti,ntj->ij', a, b)


def dlogits(logits, tags):
    p = torch.softmax(logits, dim=2)
    return (p - torch.nn.functional.one_hot(tags, p.shape[2])) / tags.numel()


def dV(dlogits, both):
    return _outer(both, dlogits)


def dboth(dlogits, V):
    return dlogits @ V.T


def dleft(dboth, left):
    return dboth[:, :, : left.shape[2]]


def dright(dboth, left):
    return dboth[:, :, left.shape[2] :]


def dWf(dleft, left, Uf, x):
    return _outer(x, _da_left(dleft, left, Uf))


def dUf(dleft, left, Uf):
    return _outer(left[:, :-1], _da_left(dleft, left, Uf)[:, 1:])


def dWb(dright, right, Ub, x):
    return _outer(x, _da_right(dright, right, Ub))


def dUb(dright, right, Ub):
    return _outer(right[:, 1:], _da_right(dright, right, Ub)[:, :-1])


def dx(dleft, left, Uf, Wf, dright, right, Ub, Wb):
    return _da_left(dleft, left, Uf) @ Wf.T + _da_right(dright, right, Ub) @ Wb.T
