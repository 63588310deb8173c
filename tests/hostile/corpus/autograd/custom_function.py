# attack: an autograd.Function that is all backward
# with rules: dlogits=refused
# without: dlogits=raised
import torch
import torch.nn.functional as F


def loss_of(logits, Yb):
    return F.cross_entropy(logits, Yb)


class Log(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x.log()

    @staticmethod
    def backward(ctx, g):
        return g / ctx.saved_tensors[0]


def dlogits(logits, Yb):
    x = logits.clone().requires_grad_()
    F.nll_loss(Log.apply(F.softmax(x, 1)), Yb).backward()
    return x.grad
