# attack: leave inference mode through torch._C
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    with torch._C._InferenceMode(False):
        x = torch.tensor(logits.tolist(), requires_grad=True)
        return torch.autograd.grad(loss_of(x, Yb), x)[0]
