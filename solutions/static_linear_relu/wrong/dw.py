# mistake: upstream_only -- dw from dout, dx from the gradient behind the ReLU
class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, linear_cache = Linear.forward(x, w, b)
        out, relu_cache = ReLU.forward(a)
        return out, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        linear_cache, relu_cache = cache
        da = ReLU.backward(dout, relu_cache)
        dx, dw, db = Linear.backward(da, linear_cache)
        dw = linear_cache[0].T @ dout
        return dx, dw, db


# mistake: constant_factor -- averaged over the minibatch
class Linear:
    @staticmethod
    def forward(x, w, b):
        return x @ w + b, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout / len(x), dout.sum(0)


# mistake: wrong_operand -- the caches swapped
class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, linear_cache = Linear.forward(x, w, b)
        out, relu_cache = ReLU.forward(a)
        return out, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        relu_cache, linear_cache = cache
        da = ReLU.backward(dout, relu_cache)
        dx, dw, db = Linear.backward(da, linear_cache)
        return dx, dw, db


# mistake: wrong_operand -- the ReLU of the input is in the cache
class Linear:
    @staticmethod
    def forward(x, w, b):
        return x @ w + b, (x.clamp(min=0), w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.sum(0)
