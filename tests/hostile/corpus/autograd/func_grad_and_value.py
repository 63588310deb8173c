# attack: torch.func.grad_and_value
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    return torch.func.grad_and_value(loss_of)(logits, Yb)[0]
