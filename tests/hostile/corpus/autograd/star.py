# attack: from torch import *
# with rules: dlogits=refused *=correct|raised
# without: dlogits=raised *=correct|raised
import torch
import torch.nn.functional as F
from torch import *


def dlogits(logits, Yb):
    x = logits.clone()
    return autograd.grad(F.cross_entropy(x, Yb), x)[0]
