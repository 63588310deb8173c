# mistake: wrong_operand -- times x, not times the normalized values
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = ((diff**2).mean(-1, keepdim=True) + eps)**-0.5
        norm = diff * rstd
        ctx.save_for_backward(norm, rstd, w, x)
        return norm * w + b

    @staticmethod
    def backward(ctx, dout):
        norm, rstd, w, x = ctx.saved_tensors
        db = dout.sum((0, 1))
        dw = (dout * x).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: not_summed -- summed over the examples only
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = ((diff**2).mean(-1, keepdim=True) + eps)**-0.5
        norm = diff * rstd
        ctx.save_for_backward(norm, rstd, w)
        return norm * w + b

    @staticmethod
    def backward(ctx, dout):
        norm, rstd, w = ctx.saved_tensors
        db = dout.sum((0, 1))
        dw = (dout * norm).sum(0)
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: constant_factor -- averaged over the examples
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = ((diff**2).mean(-1, keepdim=True) + eps)**-0.5
        norm = diff * rstd
        ctx.save_for_backward(norm, rstd, w)
        return norm * w + b

    @staticmethod
    def backward(ctx, dout):
        norm, rstd, w = ctx.saved_tensors
        db = dout.sum((0, 1))
        dw = (dout * norm).sum(1).mean(0)
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: upstream_unused -- dout is forgotten
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = ((diff**2).mean(-1, keepdim=True) + eps)**-0.5
        norm = diff * rstd
        ctx.save_for_backward(norm, rstd, w)
        return norm * w + b

    @staticmethod
    def backward(ctx, dout):
        norm, rstd, w = ctx.saved_tensors
        db = dout.sum((0, 1))
        dw = norm.sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: other_gradient -- dw and db returned in the wrong order
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = ((diff**2).mean(-1, keepdim=True) + eps)**-0.5
        norm = diff * rstd
        ctx.save_for_backward(norm, rstd, w)
        return norm * w + b

    @staticmethod
    def backward(ctx, dout):
        norm, rstd, w = ctx.saved_tensors
        db = dout.sum((0, 1))
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, db, dw, None
