# attack: attributes taken by a match statement
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    match torch:
        case object(autograd=a):
            x = a.Variable(logits.clone(), requires_grad=True)
            return a.grad(loss_of(x, Yb), x)[0]
