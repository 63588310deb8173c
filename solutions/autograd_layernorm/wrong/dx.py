# mistake: missing_path -- the mean and the variance as constants
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

        dx = rstd * dnorm
        return dx, dw, db, None


# mistake: missing_path -- the path through the variance is missing
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

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: missing_path -- the path through the mean is missing
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

        dx = rstd * (dnorm - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: constant_factor -- sums instead of means
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

        dx = rstd * (dnorm - dnorm.sum(-1, keepdim=True) - norm * (dnorm * norm).sum(-1, keepdim=True))
        return dx, dw, db, None


# mistake: wrong_axis -- means over the positions
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

        dx = rstd * (dnorm - dnorm.mean(1, keepdim=True) - norm * (dnorm * norm).mean(1, keepdim=True))
        return dx, dw, db, None


# mistake: summed_too_far -- means over everything
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

        dx = rstd * (dnorm - dnorm.mean() - norm * (dnorm * norm).mean())
        return dx, dw, db, None


# mistake: wrong_operand -- w is forgotten
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
        dnorm = dout

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: wrong_operand -- w at the end instead of inside the means
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

        dx = w * rstd * (dout - dout.mean(-1, keepdim=True) - norm * (dout * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: sign -- the sign of the path through the variance
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

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) + norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: wrong_power -- divided by rstd instead of multiplied
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

        dx = 1/rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: wrong_operand -- ctx.saved_tensors in the wrong order
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
        w, rstd, norm = ctx.saved_tensors
        db = dout.sum((0, 1))
        dw = (dout * norm).sum((0, 1))
        dnorm = dout * w

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None


# mistake: upstream_unused -- as if dout were one
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
        dnorm = w.expand_as(dout)

        dx = rstd * (dnorm - dnorm.mean(-1, keepdim=True) - norm * (dnorm * norm).mean(-1, keepdim=True))
        return dx, dw, db, None
