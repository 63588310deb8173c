# The worked solution: the two projections are kept, the sigmoid is made again.

import torch


class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate, up = x @ wg, x @ wu
        ctx.save_for_backward(x, wg, wu, gate, up)
        return gate * gate.sigmoid() * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate, up = ctx.saved_tensors
        s = gate.sigmoid()
        dup = dout * gate * s
        dgate = dout * up * (s + gate * s * (1 - s)) # SiLU is a product: two terms
        rows = x.flatten(0, -2)
        dwg = rows.T @ dgate.flatten(0, -2)
        dwu = rows.T @ dup.flatten(0, -2)
        dx = dgate @ wg.T + dup @ wu.T # x is used twice
        return dx, dwg, dwu
