# mistake: missing_path -- the root mean square as a constant
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * dnorm
        return dx, dw


# mistake: fused_term -- the formula of layer norm
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: constant_factor -- the sum instead of the mean
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).sum(-1, keepdim=True))
        return dx, dw


# mistake: sign -- the sign of the path through the mean square
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm + norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: constant_factor -- the path through the mean square twice
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - 2 * norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: wrong_axis -- the mean over the positions
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(1, keepdim=True))
        return dx, dw


# mistake: wrong_operand -- w is forgotten
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: wrong_operand -- dout in the mean, without w
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
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dout * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: wrong_operand -- ctx.saved_tensors in the wrong order
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        ctx.save_for_backward(norm, rrms, w)
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        w, rrms, norm = ctx.saved_tensors
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: upstream_unused -- as if dout were one
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
        dw = (dout * norm).sum((0, 1))
        dnorm = w.expand_as(dout)
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw


# mistake: unknown -- kept on the class instead of on ctx
class RMSNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w):
        rrms = ((x**2).mean(-1, keepdim=True) + 1e-5)**-0.5
        norm = x * rrms
        RMSNorm.saved = norm, rrms, w
        return norm * w

    @staticmethod
    def backward(ctx, dout):
        norm, rrms, w = RMSNorm.saved
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w
        dx = rrms * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw
