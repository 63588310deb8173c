# attack: an nn.Parameter and backward
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = torch.nn.Parameter(logits.clone())
    loss_of(x, Yb).backward()
    return x.grad
