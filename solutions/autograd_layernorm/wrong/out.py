# mistake: constant_factor -- the variance divided by C - 1
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = (x.var(-1, keepdim=True) + eps)**-0.5
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
        return dx, dw, db, None


# mistake: wrong_axis -- normalized over the positions
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(1, keepdim=True)
        rstd = ((diff**2).mean(1, keepdim=True) + eps)**-0.5
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
        return dx, dw, db, None


# mistake: wrong_epsilon -- eps of the given case typed as a number
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = ((diff**2).mean(-1, keepdim=True) + 1e-5)**-0.5
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
        return dx, dw, db, None


# mistake: wrong_epsilon -- eps added to the standard deviation
class LayerNorm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b, eps):
        diff = x - x.mean(-1, keepdim=True)
        rstd = 1 / ((diff**2).mean(-1, keepdim=True)**0.5 + eps)
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
        return dx, dw, db, None
