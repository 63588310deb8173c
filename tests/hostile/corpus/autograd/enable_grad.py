# attack: enable_grad inside
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    with torch.enable_grad():
        x = torch.nn.Parameter(logits.clone())
        g, = torch.autograd.grad(loss_of(x, Yb), [x])
    return g
