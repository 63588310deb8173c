# attack: torch.func.jacrev
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    return torch.func.jacrev(loss_of)(logits, Yb)
