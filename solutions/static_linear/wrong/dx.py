# mistake: upstream_unused -- as if dout were one
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = torch.ones_like(dout) @ w.T
        dw = x.T @ dout
        db = dout.sum(0)
        return dx, dw, db


# mistake: wrong_axis -- the weights summed instead of multiplied by dout
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = w.sum(1).expand_as(x)
        dw = x.T @ dout
        db = dout.sum(0)
        return dx, dw, db


# mistake: transposed -- dout times w, not w transposed
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w
        dw = x.T @ dout
        db = dout.sum(0)
        return dx, dw, db


# mistake: constant_factor -- averaged over the minibatch
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dx = dout @ w.T / x.shape[0]
        dw = x.T @ dout
        db = dout.sum(0)
        return dx, dw, db


# mistake: unknown -- dout is scaled in place before it is used
class Linear:
    @staticmethod
    def forward(x, w, b):
        out = x @ w + b
        return out, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        dout /= x.shape[0]
        dx = dout @ w.T
        dw = x.T @ dout
        db = dout.sum(0)
        return dx, dw, db
