import torch


def _through_time(dalpha, log_pi, log_A, log_B, obs):
    """Backward over the sequence; returns dlog_pi, dlog_A and dlog_B."""
    alphas = [log_pi + log_B[:, obs[0]]]
    for o in obs[1:]:
        alphas.append(torch.logsumexp(alphas[-1][:, None] + log_A, dim=0) + log_B[:, o])
    to_A, to_B = torch.zeros_like(log_A), torch.zeros_like(log_B)
    g = dalpha
    for t in reversed(range(1, len(obs))):
        to_B[:, obs[t]] += g
        # how much each earlier state contributes to each later one
        weights = torch.softmax(alphas[t - 1][:, None] + log_A, dim=0) * g
        to_A += weights
        g = weights.sum(1)
    to_B[:, obs[0]] += g
    return g, to_A, to_B


def dalpha(alpha):
    return -torch.softmax(alpha, dim=0)


def dlog_pi(dalpha, log_pi, log_A, log_B, obs):
    return _through_time(dalpha, log_pi, log_A, log_B, obs)[0]


def dlog_A(dalpha, log_pi, log_A, log_B, obs):
    return _through_time(dalpha, log_pi, log_A, log_B, obs)[1]


def dlog_B(dalpha, log_pi, log_A, log_B, obs):
    return _through_time(dalpha, log_pi, log_A, log_B, obs)[2]


def dpi(dlog_pi, log_pi):
    return dlog_pi - log_pi.exp() * dlog_pi.sum()


def dA(dlog_A, log_A):
    return dlog_A - log_A.exp() * dlog_A.sum(1, keepdim=True)


def dB(dlog_B, log_B):
    return dlog_B - log_B.exp() * dlog_B.sum(1, keepdim=True)
