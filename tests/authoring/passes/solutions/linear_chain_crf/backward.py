import torch


def _through_time(dalpha, emissions, trans):
    """Backward over the sequence; returns what log_Z contributes to demissions and dtrans."""
    alphas = [emissions[:, 0]]
    for t in range(1, emissions.shape[1]):
        inner = alphas[-1][:, :, None] + trans + emissions[:, t, None, :]
        alphas.append(torch.logsumexp(inner, dim=1))
    to_emissions, to_trans = [], torch.zeros_like(trans)
    g = dalpha
    for t in reversed(range(1, emissions.shape[1])):
        to_emissions.append(g)
        inner = alphas[t - 1][:, :, None] + trans + emissions[:, t, None, :]
        weights = torch.softmax(inner, dim=1) * g[:, None, :]
        to_trans = to_trans + weights.sum(0)
        g = weights.sum(2)
    to_emissions.append(g)
    return torch.stack(to_emissions[::-1], dim=1), to_trans


def dscore(score):
    return -torch.ones_like(score) / len(score)


def dlog_Z(log_Z):
    return torch.ones_like(log_Z) / len(log_Z)


def dalpha(dlog_Z, alpha):
    return dlog_Z[:, None] * torch.softmax(alpha, dim=1)


def demissions(dscore, dalpha, emissions, trans, y):
    given = torch.nn.functional.one_hot(y, trans.shape[0]) * dscore[:, None, None]
    return given + _through_time(dalpha, emissions, trans)[0]


def dtrans(dscore, dalpha, emissions, trans, y):
    K = trans.shape[0]
    pairs = (y[:, :-1] * K + y[:, 1:]).flatten()
    counts = torch.zeros_like(trans).flatten().index_add(0, pairs, dscore.repeat_interleave(y.shape[1] - 1))
    return counts.reshape(K, K) + _through_time(dalpha, emissions, trans)[1]


def dW(demissions, x):
    return torch.einsum('nti,ntj->ij', x, demissions)


def dx(demissions, W):
    return demissions @ W.T
