# attack: torch.func.jvp
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    return torch.stack([torch.func.jvp(lambda x: loss_of(x, Yb), (logits,), (e.view_as(logits),))[1] for e in torch.eye(logits.numel())]).view_as(logits)
