# attack: one step of an optimizer, and back
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = torch.nn.Parameter(logits.clone())
    loss_of(x, Yb).backward()
    optimizer = torch.optim.SGD([x], lr=1.0)
    optimizer.step()
    return logits - x.detach()
