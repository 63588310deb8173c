# attack: loss.backward()
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = logits.clone().requires_grad_()
    loss_of(x, Yb).backward()
    return x.grad
