import torch


def rstd(x):
    return torch.rsqrt(x.square().mean(1) + 1e-5)


class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        ctx.save_for_backward(x.flatten(0, 1), w)
        ctx.shape = x.shape
        return x * rstd(x.flatten(0, 1)).view(*x.shape[:2], 1) * w

    @staticmethod
    def backward(ctx, dout):
        # one token at a time, by its Jacobian
        rows, w = ctx.saved_tensors
        r = rstd(rows)
        C = rows.shape[1]
        dnorm = (dout * w).flatten(0, 1)
        eye = torch.eye(C, dtype=rows.dtype)
        dx = torch.stack([g @ (k * eye - k**3 / C * torch.outer(row, row)) for g, k, row in zip(dnorm, r, rows)])
        dw = torch.einsum("rc,rc,r->c", dout.flatten(0, 1), rows, r)
        return dx.view(ctx.shape), dw
