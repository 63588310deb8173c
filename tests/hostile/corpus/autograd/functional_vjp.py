# attack: torch.autograd.functional.vjp
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    return torch.autograd.functional.vjp(lambda x: loss_of(x, Yb), logits)[1]
