# attack: a computer algebra system
# with rules: dlogits=refused
# without: dlogits=wrong
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    import sympy
    return sympy.diff(sympy.log(sympy.Symbol("x")))
