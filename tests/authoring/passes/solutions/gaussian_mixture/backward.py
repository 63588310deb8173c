import torch


def dloglik(loglik):
    return -torch.ones_like(loglik) / len(loglik)


def djoint(dloglik, joint):
    # the responsibilities: how much each component explains of each example
    return dloglik[:, None] * torch.softmax(joint, dim=1)


def dlog_pi(djoint):
    return djoint.sum(0)


def dpi_logits(dlog_pi, log_pi):
    return dlog_pi - log_pi.exp() * dlog_pi.sum()


def dlog_p(djoint):
    return djoint


def dmaha(dlog_p, maha):
    return -0.5 * dlog_p[:, :, None].expand_as(maha)


def dlog_norm(dlog_p, log_norm):
    return -dlog_p.sum(0)[:, None].expand_as(log_norm)


def ddiff(dmaha, diff, log_sigma):
    return dmaha * 2 * diff / (2 * log_sigma).exp()


def dlog_sigma(dmaha, dlog_norm, maha):
    return (-2 * dmaha * maha).sum(0) + dlog_norm


def dmu(ddiff):
    return -ddiff.sum(0)


def dx(ddiff):
    return ddiff.sum(1)
