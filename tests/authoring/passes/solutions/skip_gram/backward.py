import torch


def dpos_loss(pos_loss):
    return torch.ones_like(pos_loss) / len(pos_loss)


def dneg_loss(neg_loss):
    return torch.ones_like(neg_loss) / len(neg_loss)


def dpos_score(dpos_loss, pos_score):
    return -dpos_loss * torch.sigmoid(-pos_score)


def dneg_score(dneg_loss, neg_score):
    return dneg_loss[:, None] * torch.sigmoid(neg_score)


def dv(dpos_score, dneg_score, u, u_neg):
    return dpos_score[:, None] * u + (dneg_score[:, :, None] * u_neg).sum(1)


def du(dpos_score, v):
    return dpos_score[:, None] * v


def du_neg(dneg_score, v):
    return dneg_score[:, :, None] * v[:, None, :]


def dV(dv, center, V):
    return torch.zeros_like(V).index_add(0, center, dv)


def dU(du, du_neg, context, negatives, U):
    words = torch.cat([context, negatives.flatten()])
    return torch.zeros_like(U).index_add(0, words, torch.cat([du, du_neg.flatten(0, 1)]))
