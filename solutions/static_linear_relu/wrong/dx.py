# mistake: upstream_only -- the ReLU is skipped on the way back
class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, linear_cache = Linear.forward(x, w, b)
        out, relu_cache = ReLU.forward(a)
        return out, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        linear_cache, relu_cache = cache
        da = dout
        dx, dw, db = Linear.backward(da, linear_cache)
        return dx, dw, db


# mistake: wrong_operand -- the mask of dout
class ReLU:
    @staticmethod
    def forward(x):
        return x.clamp(min=0), x

    @staticmethod
    def backward(dout, cache):
        return dout * (dout > 0)


# mistake: wrong_operand -- the mask of the input times the weights' gradient
class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, linear_cache = Linear.forward(x, w, b)
        out, relu_cache = ReLU.forward(a)
        return out, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        linear_cache, relu_cache = cache
        da = dout * relu_cache
        dx, dw, db = Linear.backward(da, linear_cache)
        return dx, dw, db


# mistake: upstream_unused -- the mask alone goes back
class ReLU:
    @staticmethod
    def forward(x):
        return x.clamp(min=0), x

    @staticmethod
    def backward(dout, cache):
        return (cache > 0).to(dout.dtype)


# mistake: wrong_operand -- the linear layer first, then the ReLU on the input
class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, linear_cache = Linear.forward(x, w, b)
        out, relu_cache = ReLU.forward(a)
        return out, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        linear_cache, relu_cache = cache
        dx, dw, db = Linear.backward(dout, linear_cache)
        dx = ReLU.backward(dx, linear_cache[0])
        return dx, dw, db
