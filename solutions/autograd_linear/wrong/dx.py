# mistake: upstream_unused -- as if dout were one
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = torch.ones_like(dout) @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: transposed -- times w transposed
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w.T
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: wrong_operand -- ctx.saved_tensors in the wrong order
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        w, x = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: constant_factor -- averaged over the minibatch
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T + b

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w / x.shape[0]
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db


# mistake: other_gradient -- dx and dw returned in the wrong order
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
        return dw, dx, db
