# mistake: constant_factor -- averaged over the minibatch
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ dout / x.shape[0]
        db = dout.sum(0)
        return dx, dw, db


# mistake: transposed -- the product the other way round
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = dout.T @ x
        db = dout.sum(0)
        return dx, dw, db


# mistake: upstream_unused -- as if dout were one
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ torch.ones_like(dout)
        db = dout.sum(0)
        return dx, dw, db


# mistake: wrong_operand -- the output is in the cache instead of the input
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (out, w, x)

    @staticmethod
    def backward(dout, cache):
        out, w, x = cache
        dx = dout @ w.T
        dw = x.T @ (out * dout)
        db = dout.sum(0)
        return dx, dw, db


# mistake: other_gradient -- dx and dw returned in the wrong order
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ dout
        db = dout.sum(0)
        return dw, dx, db


# mistake: unknown -- added to what earlier calls returned
class Linear:
    kept = []

    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T
        dw = x.T @ dout
        db = dout.sum(0)
        Linear.kept.append(dw)
        return dx, sum(Linear.kept), db
