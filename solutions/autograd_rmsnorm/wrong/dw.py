# mistake: wrong_operand -- times x, not times the normalized values
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = (dout * norm / rrms).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: not_summed -- summed over the examples only
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = (dout * norm).sum(0)
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: constant_factor -- the mean instead of the sum
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = (dout * norm).mean((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: upstream_unused -- dout is forgotten
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = norm.sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: wrong_axis -- summed over the features
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = (dout * norm).sum(-1)
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: missing_path -- dout alone, without the normalized values
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = ctx.saved_tensors
        dw = dout.sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw
