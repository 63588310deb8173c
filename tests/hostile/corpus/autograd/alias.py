# attack: torch under another name, autograd under a third
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F
import torch as t

a = t.autograd


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = a.Variable(logits.clone(), True)
    return a.grad(loss_of(x, Yb), x)[0]
