# attack: operator.methodcaller for the names
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F
from operator import attrgetter, methodcaller


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = methodcaller("requires_grad_")(logits.clone())
    methodcaller("backward")(loss_of(x, Yb))
    return attrgetter("grad")(x)
