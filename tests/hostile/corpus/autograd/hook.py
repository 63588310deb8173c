# attack: a hook that keeps the gradient
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    kept = []
    x = logits.clone().requires_grad_()
    x.register_hook(kept.append)
    loss_of(x, Yb).backward()
    return kept[0]
