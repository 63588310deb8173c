# mistake: transposed -- as for a w of input by output features
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = x.flatten(0, -2).T @ dout.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: not_summed -- one gradient for each example
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.mT @ x
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: constant_factor -- averaged over the examples
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = (dout.mT @ x).mean(0)
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: wrong_index -- only the last position
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout[:, -1].T @ x[:, -1]
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: upstream_unused -- as if dout were one
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = torch.ones_like(dout).flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db
