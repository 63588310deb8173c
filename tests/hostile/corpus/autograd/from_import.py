# attack: from torch.autograd import grad as something
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F
from torch.autograd import grad as derive
from torch.nn import Parameter as make


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = make(logits)
    return derive(loss_of(x, Yb), x)[0]
