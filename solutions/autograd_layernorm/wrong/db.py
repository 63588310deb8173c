# mistake: constant_factor -- the mean instead of the sum
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
        db = dout.mean((0, 1))
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: not_summed -- summed over the positions only
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
        db = dout.sum(1)
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: keepdim -- the summed dimensions are kept
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
        db = dout.sum((0, 1), keepdim=True)
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: wrong_operand -- times w
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
        db = (dout * w).sum((0, 1))
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: unknown -- None for eps is forgotten
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
        return dx, dw, db
