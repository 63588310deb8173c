# attack: torch.autograd.functional.hessian
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    return torch.autograd.functional.hessian(lambda x: loss_of(x, Yb), logits).sum((2, 3))
