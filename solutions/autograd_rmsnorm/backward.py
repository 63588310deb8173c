# The worked solution: of the gradient, the part along the normalized values does not get through.

import torch


class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw
