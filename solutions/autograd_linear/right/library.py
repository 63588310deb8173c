import torch
import torch.nn.functional as F


class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        ctx.leading = tuple(range(x.dim() - 1))
        return F.linear(x, w, b)

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = F.linear(dout, w.T)
        dw = torch.tensordot(dout, x, (ctx.leading, ctx.leading))
        return dx, dw, dout.sum(ctx.leading)
