import torch
from torch.autograd import Function


class SwiGLU(Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        both = torch.cat([wg, wu], dim=1)
        hidden = x @ both
        gate, up = hidden.chunk(2, dim=-1)
        sig = 1 / (1 + torch.exp(-gate))
        ctx.save_for_backward(x, both, gate, up, sig)
        ctx.h = wg.shape[1]
        return gate * sig * up

    @staticmethod
    def backward(ctx, dout):
        x, both, gate, up, sig = ctx.saved_tensors
        silu = gate * sig
        dhidden = torch.cat([dout * up * (silu + sig * (1 - silu)), dout * silu], dim=-1)
        dboth = torch.einsum("ntc,nth->ch", x, dhidden)
        return dhidden @ both.T, dboth[:, :ctx.h], dboth[:, ctx.h:]
