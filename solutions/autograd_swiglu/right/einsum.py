import torch


class SwiGLU(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, wg, wu):
        gate = torch.einsum("ntc,ch->nth", x, wg)
        up = torch.einsum("ntc,ch->nth", x, wu)
        act = torch.nn.functional.silu(gate)
        ctx.save_for_backward(x, wg, wu, gate)
        ctx.act, ctx.up = act, up
        return act * up

    @staticmethod
    def backward(ctx, dout):
        x, wg, wu, gate = ctx.saved_tensors
        sig = torch.sigmoid(gate)
        slope = sig + ctx.act * (1 - sig)
        dgate, dup = dout * ctx.up * slope, dout * ctx.act
        dx = torch.einsum("nth,ch->ntc", dgate, wg) + torch.einsum("nth,ch->ntc", dup, wu)
        return dx, torch.einsum("ntc,nth->ch", x, dgate), torch.einsum("ntc,nth->ch", x, dup)
