import torch


def _forward(z, W1, b1, W2, b2):
    a, b = z.chunk(2, dim=1)
    h = torch.relu(a @ W1 + b1)
    s, t = (h @ W2 + b2).chunk(2, dim=1)
    s = torch.tanh(s)
    return torch.cat([b * s.exp() + t, a], dim=1)


def _backward(dz, dlog_det, z, W1, b1, W2, b2):
    """One layer, from the gradient of its output; returns the gradients of its input, W1, b1, W2 and b2."""
    a, b = z.chunk(2, dim=1)
    h = torch.relu(a @ W1 + b1)
    s = torch.tanh((h @ W2 + b2).chunk(2, dim=1)[0])
    dmoved, da = dz.chunk(2, dim=1)
    ds = dmoved * b * s.exp() + dlog_det[:, None]
    dst = torch.cat([ds * (1 - s**2), dmoved], dim=1)
    dh = (dst @ W2.T) * (h > 0)
    dinput = torch.cat([da + dh @ W1.T, dmoved * s.exp()], dim=1)
    return dinput, a.T @ dh, dh.sum(0), h.T @ dst, dst.sum(0)


def _second(dz, dlog_det, x, first, second):
    return _backward(dz, dlog_det, _forward(x, *first), *second)


def _first(dz, dlog_det, x, first, second):
    return _backward(_second(dz, dlog_det, x, first, second)[0], dlog_det, x, *first)


def dlog_prior(log_prior):
    return -torch.ones_like(log_prior) / len(log_prior)


def dlog_det(log_det):
    return -torch.ones_like(log_det) / len(log_det)


def dz(dlog_prior, z):
    return -dlog_prior[:, None] * z


def dW1_1(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _second(dz, dlog_det, x, first, second)[1]


def db1_1(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _second(dz, dlog_det, x, first, second)[2]


def dW2_1(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _second(dz, dlog_det, x, first, second)[3]


def db2_1(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _second(dz, dlog_det, x, first, second)[4]


def dW1_0(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _first(dz, dlog_det, x, first, second)[1]


def db1_0(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _first(dz, dlog_det, x, first, second)[2]


def dW2_0(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _first(dz, dlog_det, x, first, second)[3]


def db2_0(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _first(dz, dlog_det, x, first, second)[4]


def dx(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _first(dz, dlog_det, x, first, second)[0]
