# mistake: constant_factor -- the sum of the squares instead of their mean
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).sum(-1, keepdim=True) + 1e-5)**-0.5
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


# mistake: wrong_epsilon -- eps outside the root
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = 1 / ((x**2).mean(-1, keepdim=True)**0.5 + 1e-5)
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


# mistake: missing_path -- w is forgotten
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw
