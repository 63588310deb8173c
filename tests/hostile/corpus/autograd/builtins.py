# attack: __builtins__
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


def dlogits(logits, Yb):
    imported = __builtins__["__import__"] if isinstance(__builtins__, dict) else __builtins__.__import__
    a = imported("torch").autograd
    x = a.Variable(logits.clone(), requires_grad=True)
    return a.grad(loss_of(x, Yb), x)[0]
