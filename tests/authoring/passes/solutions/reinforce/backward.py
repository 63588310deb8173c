import torch


GAMMA, BETA = 0.9, 0.01


def dlogp_a(dloss, advantage):
    return -dloss * advantage / len(advantage)


def dadvantage(dloss, logp_a):
    return -dloss * logp_a / len(logp_a)


def dvalues(dloss, values, returns):
    # only as a prediction: in the advantage they are detached
    return dloss * (values - returns) / len(values)


def dreturns(dloss, dadvantage, values, returns):
    return dadvantage - dloss * (values - returns) / len(values)


def drewards(dreturns):
    # a reward is part of the returns of its own step and of all earlier ones
    out = torch.zeros_like(dreturns)
    running = 0.0
    for t in range(len(dreturns)):
        running = dreturns[t] + GAMMA * running
        out[t] = running
    return out


def dlogp(dlogp_a, dloss, logp, actions):
    p = logp.exp()
    chosen = torch.zeros_like(logp).scatter(1, actions[:, None], dlogp_a[:, None])
    return chosen + BETA * dloss * (p * logp + p) / len(logp)


def _dlogits(dlogp, logp):
    return dlogp - logp.exp() * dlogp.sum(1, keepdim=True)


def dW(dlogp, logp, states):
    return states.T @ _dlogits(dlogp, logp)


def dw_v(dvalues, states):
    return states.T @ dvalues


def dstates(dlogp, dvalues, logp, W, w_v):
    return _dlogits(dlogp, logp) @ W.T + torch.outer(dvalues, w_v)
