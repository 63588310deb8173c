# mistake: not_summed -- summed over the examples only
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum(0)
        return dx, dw, db


# mistake: constant_factor -- the mean instead of the sum
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.mean((0, 1))
        return dx, dw, db


# mistake: keepdim -- the summed dimensions are kept
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1), keepdim=True)
        return dx, dw, db


# mistake: wrong_axis -- summed over positions and features
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((1, 2))
        return dx, dw, db


# mistake: unknown -- None, as for an argument that has no gradient
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, None


# mistake: unknown -- one value too few is returned
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw
