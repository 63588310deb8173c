# attack: the whole thing in a string
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    return eval("torch.autograd.grad(loss_of(x, Yb), x)[0]", globals(), {"x": logits.clone().requires_grad_(), "Yb": Yb})
