import math

import torch


class Attention(torch.autograd.Function):
    @staticmethod
    def forward(ctx, q, k, v, is_causal):
        # one tile of keys at a time, with a running maximum and a running sum
        n, T, d = q.shape
        ctx.tile, ctx.scale, ctx.is_causal = 3, 1 / math.sqrt(d), is_causal
        out = torch.zeros_like(q)
        top = torch.full((n, T, 1), -math.inf, dtype=q.dtype)
        total = torch.zeros((n, T, 1), dtype=q.dtype)
        for start in range(0, k.shape[1], ctx.tile):
            s = Attention.tile_of_scores(ctx, q, k, start)
            higher = torch.maximum(top, s.max(-1, keepdim=True).values)
            p = torch.exp(s - higher)
            shrink = torch.exp(top - higher)
            total = total * shrink + p.sum(-1, keepdim=True)
            out = out * shrink + p @ v[:, start:start + ctx.tile]
            top = higher
        out = out / total
        ctx.save_for_backward(q, k, v, out, top + torch.log(total))
        return out

    @staticmethod
    def tile_of_scores(ctx, q, k, start):
        s = q @ k[:, start:start + ctx.tile].transpose(1, 2) * ctx.scale
        if ctx.is_causal:
            rows = torch.arange(q.shape[1])[:, None]
            columns = torch.arange(start, start + s.shape[2])
            s = s.masked_fill(columns > rows, -math.inf)
        return s

    @staticmethod
    def backward(ctx, dout):
        q, k, v, out, lse = ctx.saved_tensors
        D = (dout * out).sum(-1, keepdim=True)
        dq, dk, dv = torch.zeros_like(q), torch.zeros_like(k), torch.zeros_like(v)
        for start in range(0, k.shape[1], ctx.tile):
            at = slice(start, start + ctx.tile)
            p = torch.exp(Attention.tile_of_scores(ctx, q, k, start) - lse)
            dv[:, at] = p.transpose(1, 2) @ dout
            ds = p * (dout @ v[:, at].transpose(1, 2) - D) * ctx.scale
            dq += ds @ k[:, at]
            dk[:, at] = ds.transpose(1, 2) @ q
        return dq, dk, dv, None
