# attack: set_grad_enabled(True) and inference mode off
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    with torch.inference_mode(False), torch.set_grad_enabled(True):
        x = torch.tensor(logits.tolist(), requires_grad=True)
        loss_of(x, Yb).backward()
    return x.grad
