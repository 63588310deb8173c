import torch
import torch.nn.functional as F


def rows(a):
    return a.reshape(-1, a.shape[-1])


class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        ctx.save_for_backward(x, wg, wu)
        return F.silu(x @ wg) * (x @ wu)

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu = ctx.saved_tensors
        gate = x @ wg
        sig = torch.sigmoid(gate)
        silu = gate * sig
        dup = dout * silu
        dgate = dout * (x @ wu) * sig * (1 + gate * (1 - sig))
        return dgate @ wg.t() + dup @ wu.t(), rows(x).t() @ rows(dgate), rows(x).t() @ rows(dup)
