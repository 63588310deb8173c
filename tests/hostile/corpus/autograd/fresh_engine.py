# attack: a new instance of the C++ engine
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    x = torch.tensor(logits.tolist(), requires_grad=True)
    return torch._C._ImperativeEngine().run_backward((loss_of(x, Yb),), (torch.ones(()),), False, False, (x,), True, True)[0]
