import torch


CLIP, C_V, C_ENT = 0.2, 0.5, 0.01


def dpi_loss(dloss):
    return dloss


def dv_loss(dloss):
    return C_V * dloss


def dentropy(dloss):
    return -C_ENT * dloss


def _share(a, b):
    """How much of the gradient of torch.min(a, b) goes to a: half where the two are equal."""
    return (a < b) + 0.5 * (a == b)


def dsurr1(dpi_loss, surr1, surr2):
    return -dpi_loss / len(surr1) * _share(surr1, surr2).to(surr1.dtype)


def dsurr2(dpi_loss, surr1, surr2):
    return -dpi_loss / len(surr2) * _share(surr2, surr1).to(surr2.dtype)


def dratio(dsurr1, dsurr2, ratio, advantages):
    inside = (ratio >= 1 - CLIP) & (ratio <= 1 + CLIP)
    return (dsurr1 + dsurr2 * inside) * advantages


def dadvantages(dsurr1, dsurr2, ratio):
    return dsurr1 * ratio + dsurr2 * ratio.clamp(1 - CLIP, 1 + CLIP)


def dadv(dadvantages, advantages, adv):
    std = adv.std()
    # advantages = (adv - mean) / (std + 1e-8)
    centered = adv - adv.mean()
    g = dadvantages / (std + 1e-8)
    dstd = -(dadvantages * advantages).sum() / (std + 1e-8)
    return g - g.mean() + dstd * centered / (std * (len(adv) - 1))


def dvalue(dv_loss, value, ret):
    return dv_loss * 2 * (value - ret) / len(value)


def dret(dv_loss, value, ret):
    return -dv_loss * 2 * (value - ret) / len(value)


def dlogp(dratio, ratio):
    return dratio * ratio


def dold_logp(dratio, ratio):
    return -dratio * ratio


def dprobs(dentropy, logp_all):
    return -dentropy * logp_all / len(logp_all)


def dlogp_all(dlogp, dprobs, dentropy, probs, actions, logp_all):
    taken = torch.zeros_like(logp_all).scatter(1, actions[:, None], dlogp[:, None])
    return taken + dprobs * probs - dentropy * probs / len(probs)


def dlogits(dlogp_all, logp_all):
    return dlogp_all - logp_all.exp() * dlogp_all.sum(1, keepdim=True)


def dW_pi(dlogits, obs):
    return obs.T @ dlogits


def db_pi(dlogits):
    return dlogits.sum(0)


def dw_v(dvalue, obs):
    return obs.T @ dvalue


def dobs(dlogits, dvalue, W_pi, w_v):
    return dlogits @ W_pi.T + torch.outer(dvalue, w_v)
