import torch
from torch.autograd.function import once_differentiable


class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.shape = x.shape
        rows = x.reshape(-1, x.shape[-1])
        ctx.save_for_backward(rows, w)
        out = torch.addmm(b, rows, w.t())
        return out.view(*x.shape[:-1], w.shape[0])

    @staticmethod
    @once_differentiable
    def backward(ctx, dout):
        rows, w = ctx.saved_tensors
        dout = dout.reshape(-1, dout.shape[-1])
        return (dout @ w).view(ctx.shape), dout.t() @ rows, dout.sum(0)
