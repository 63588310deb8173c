import torch


def _outs(x, experts):
    return torch.stack([torch.tanh(x @ E) for E in experts], 1)


def _kept(dscores, scores):
    """Scores that were set to -inf pass nothing on."""
    return dscores.masked_fill(scores.isinf(), 0.0)


def _dE(i, dmix, gate, x, E):
    douts = gate[:, i, None] * dmix
    return x.T @ (douts * (1 - torch.tanh(x @ E)**2))


def dmse(mse):
    return torch.ones_like(mse)


def dbalance(balance):
    return torch.full_like(balance, 0.01)


def dusage(dbalance, usage):
    return dbalance * 2 * usage * len(usage)


def dmix(dmse, mix, y):
    return dmse * 2 * (mix - y) / mix.numel()


def dE0(dmix, gate, x, E0):
    return _dE(0, dmix, gate, x, E0)


def dE1(dmix, gate, x, E1):
    return _dE(1, dmix, gate, x, E1)


def dE2(dmix, gate, x, E2):
    return _dE(2, dmix, gate, x, E2)


def dE3(dmix, gate, x, E3):
    return _dE(3, dmix, gate, x, E3)


def dgate(dmix, dusage, x, E0, E1, E2, E3):
    outs = _outs(x, [E0, E1, E2, E3])
    return (dmix[:, None, :] * outs).sum(2) + dusage / len(x)


def dscores(dgate, gate):
    return gate * (dgate - (dgate * gate).sum(1, keepdim=True))


def dWg(dscores, scores, x):
    return x.T @ _kept(dscores, scores)


def dx(dscores, dmix, scores, gate, x, Wg, E0, E1, E2, E3):
    d = _kept(dscores, scores) @ Wg.T
    for i, E in enumerate([E0, E1, E2, E3]):
        d = d + (gate[:, i, None] * dmix * (1 - torch.tanh(x @ E)**2)) @ E.T
    return d
