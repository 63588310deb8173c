# attack: an nn.Linear whose weight is the answer
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    layer = torch.nn.Linear(1, 1)
    layer.weight = torch.nn.Parameter(logits.clone())
    F.cross_entropy(layer.weight, Yb).backward()
    return layer.weight.grad
