# attack: walk the graph's nodes by hand
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    with torch._C._InferenceMode(False):
        x = torch.tensor(logits.tolist(), requires_grad=True)
        y = loss_of(x, Yb)
        return y.grad_fn.next_functions[0][0](y.grad_fn(torch.ones(())))
