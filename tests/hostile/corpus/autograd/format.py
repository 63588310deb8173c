# attack: attributes taken by str.format
# expect: dlogits=wrong_type
import torch
import torch.nn.functional as F


def dlogits(logits, Yb):
    return "{0.__class__.__mro__}".format(logits)
