import torch


GAMMA, BETA = 0.9, 0.01


def dpolicy_loss(dloss):
    return dloss


def dvalue_loss(dloss):
    return 0.5 * dloss


def dentropy(dloss):
    return -BETA * dloss


def dlogp_a(dpolicy_loss, advantage):
    return -dpolicy_loss * advantage / len(advantage)


def dadvantage(dpolicy_loss, logp_a):
    return -dpolicy_loss * logp_a / len(logp_a)


def dvalues(dvalue_loss, values, returns):
    # only as a prediction: in the advantage they are detached
    return dvalue_loss * 2 * (values - returns) / len(values)


def dreturns(dvalue_loss, dadvantage, values, returns):
    return dadvantage - dvalue_loss * 2 * (values - returns) / len(values)


def drewards(dreturns):
    # a reward is part of the returns of its own step and of all earlier ones
    out = torch.zeros_like(dreturns)
    running = 0.0
    for t in range(len(dreturns)):
        running = dreturns[t] + GAMMA * running
        out[t] = running
    return out


def dlogp(dlogp_a, dentropy, logp, actions):
    p = logp.exp()
    chosen = torch.zeros_like(logp).scatter(1, actions[:, None], dlogp_a[:, None])
    return chosen - dentropy * (p * logp + p) / len(logp)


def _dlogits(dlogp, logp):
    return dlogp - logp.exp() * dlogp.sum(1, keepdim=True)


def dW(dlogp, logp, states):
    return states.T @ _dlogits(dlogp, logp)


def dw_v(dvalues, states):
    return states.T @ dvalues


def dstates(dlogp, dvalues, logp, W, w_v):
    return _dlogits(dlogp, logp) @ W.T + torch.outer(dvalues, w_v)
