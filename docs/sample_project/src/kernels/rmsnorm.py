"""RMSNorm, in torch."""

import torch


class RMSNorm(torch.autograd.Function):
    """Divides each vector by its root mean square."""

    @staticmethod
    def forward(ctx, x, weight, eps=1e-6):  # (..., d), (d)
        rstd = torch.rsqrt(x.square().mean(-1, keepdim=True) + eps)  # (..., 1)
        ctx.save_for_backward(x, weight, rstd)
        return x * rstd * weight

    @staticmethod
    def backward(ctx, dout):
        x, weight, rstd = ctx.saved_tensors
        xhat = x * rstd
        dxhat = dout * weight
        dx = rstd * (dxhat - xhat * (dxhat * xhat).mean(-1, keepdim=True))
        dweight = (dout * xhat).flatten(0, -2).sum(0)
        return dx, dweight, None
