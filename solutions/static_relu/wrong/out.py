# mistake: wrong_operand -- the absolute value
class ReLU:
    @staticmethod
    def forward(x):
        out = x.abs()
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (x > 0)
        return dx


# mistake: wrong_operand -- the positive numbers are removed
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(max=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (x > 0)
        return dx
