# mistake: missing_path -- the bias is forgotten
class Linear(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, w, b):
        ctx.save_for_backward(x, w)
        return x @ w.T

    @staticmethod
    def backward(ctx, dout):
        x, w = ctx.saved_tensors
        dx = dout @ w
        dw = dout.flatten(0, -2).T @ x.flatten(0, -2)
        db = dout.sum((0, 1))
        return dx, dw, db
