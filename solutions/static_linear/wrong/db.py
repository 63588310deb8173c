# mistake: keepdim -- the summed dimension is kept
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
        db = dout.sum(0, keepdim=True)
        return dx, dw, db


# mistake: wrong_axis -- summed over the features
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
        db = dout.sum(1)
        return dx, dw, db


# mistake: constant_factor -- the mean instead of the sum
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
        db = dout.mean(0)
        return dx, dw, db


# mistake: summed_too_far -- summed over everything
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
        db = dout.sum()
        return dx, dw, db


# mistake: not_summed -- not summed at all
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
        db = dout
        return dx, dw, db


# mistake: upstream_unused -- the number of examples
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
        db = torch.full_like(dout[0], dout.shape[0])
        return dx, dw, db
