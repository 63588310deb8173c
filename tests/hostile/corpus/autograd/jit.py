# attack: a scripted function and its derivative
# with rules: dlogits=refused
# without: dlogits=wrong
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    script = torch.jit.trace(lambda x: F.cross_entropy(x, Yb), logits)
    x = logits.clone().requires_grad_()
    script(x).backward()
    return x.grad
