import torch


def _states(chars, Wxh, Whh, bh):
    """The state before each step, and after it: (T + 1, n, hidden)."""
    h = torch.zeros(len(chars), len(Whh), dtype=Whh.dtype)
    states = [h]
    for t in range(chars.shape[1] - 1):
        h = torch.tanh(Wxh[chars[:, t]] + h @ Whh + bh)
        states.append(h)
    return torch.stack(states)


def _dlogits(chars, h, Why, by):
    """The gradients of the logits of all steps: (T, n, vocab)."""
    p = torch.softmax(h[1:] @ Why + by, dim=-1)
    target = torch.nn.functional.one_hot(chars[:, 1:].T, p.shape[-1])
    return (p - target) / target.shape[0] / target.shape[1]


def _da(chars, Wxh, Whh, bh, Why, by):
    """Backpropagation through time: the gradients of what goes into the tanh, and the states."""
    h = _states(chars, Wxh, Whh, bh)
    dh = _dlogits(chars, h, Why, by) @ Why.T
    later = torch.zeros_like(h[0])
    steps = []
    for t in reversed(range(len(dh))):
        a = (dh[t] + later) * (1 - h[t + 1] ** 2)
        later = a @ Whh.T
        steps.append(a)
    return torch.stack(steps[::-1]), h


def dby(chars, Wxh, Whh, bh, Why, by):
    return _dlogits(chars, _states(chars, Wxh, Whh, bh), Why, by).sum((0, 1))


def dWhy(chars, Wxh, Whh, bh, Why, by):
    h = _states(chars, Wxh, Whh, bh)
    return torch.einsum('tni,tnj->ij', h[1:], _dlogits(chars, h, Why, by))


def dbh(chars, Wxh, Whh, bh, Why, by):
    return _da(chars, Wxh, Whh, bh, Why, by)[0].sum((0, 1))


def dWhh(chars, Wxh, Whh, bh, Why, by):
    da, h = _da(chars, Wxh, Whh, bh, Why, by)
    return torch.einsum('tni,tnj->ij', h[:-1], da)


def dWxh(chars, Wxh, Whh, bh, Why, by):
    da, _ = _da(chars, Wxh, Whh, bh, Why, by)
    return torch.zeros_like(Wxh).index_add(0, chars[:, :-1].T.flatten(), da.flatten(0, 1))
