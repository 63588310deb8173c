import torch


def _da(dout, out, Whh):
    """Backpropagation through time: the gradient of what goes into the tanh, at each step."""
    steps = [None] * out.shape[1]
    later = torch.zeros_like(out[:, 0])
    for t in reversed(range(out.shape[1])):
        steps[t] = (dout[:, t] + later) * (1 - out[:, t] ** 2)
        later = steps[t] @ Whh.T
    return torch.stack(steps, dim=1)


def _before(out, h0):
    """The state before each step."""
    return torch.cat([h0[:, None], out[:, :-1]], dim=1)


def dbh(dout, out, Whh):
    return _da(dout, out, Whh).sum((0, 1))


def dWhh(dout, out, Whh, h0):
    return torch.einsum('nti,ntj->ij', _before(out, h0), _da(dout, out, Whh))


def dWxh(dout, out, Whh, x):
    return torch.einsum('nti,ntj->ij', x, _da(dout, out, Whh))


def dx(dout, out, Whh, Wxh):
    return _da(dout, out, Whh) @ Wxh.T


def dh0(dout, out, Whh):
    return _da(dout, out, Whh)[:, 0] @ Whh.T
