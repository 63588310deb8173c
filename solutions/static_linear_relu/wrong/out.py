# mistake: wrong_operand -- the ReLU before the product
class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, relu_cache = ReLU.forward(x)
        out, linear_cache = Linear.forward(a, w, b)
        return out, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        linear_cache, relu_cache = cache
        da = ReLU.backward(dout, relu_cache)
        dx, dw, db = Linear.backward(da, linear_cache)
        return dx, dw, db


# mistake: missing_path -- the bias after the ReLU
class Linear:
    @staticmethod
    def forward(x, w, b):
        return x @ w, (x, w)

    @staticmethod
    def backward(dout, cache):
        x, w = cache
        return dout @ w.T, x.T @ dout, dout.sum(0)


class Linear_ReLU:
    @staticmethod
    def forward(x, w, b):
        a, linear_cache = Linear.forward(x, w, b)
        out, relu_cache = ReLU.forward(a)
        return out + b, (linear_cache, relu_cache)

    @staticmethod
    def backward(dout, cache):
        linear_cache, relu_cache = cache
        da = ReLU.backward(dout, relu_cache)
        dx, dw, db = Linear.backward(da, linear_cache)
        return dx, dw, db
