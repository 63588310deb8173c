# attack: attributes taken by str.format
# with rules: dlogits=refused
# without: dlogits=wrong_type
import torch
import torch.nn.functional as F


def dlogits(logits, Yb):
    return "{0.__class__.__mro__}".format(logits)
