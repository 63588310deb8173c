# mistake: constant_factor -- not scaled up
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * mask
        return dx


# mistake: constant_factor -- divided by the share that is dropped
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / p
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * mask
        return dx


# mistake: constant_factor -- multiplied by the share that is kept
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask * (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * mask
        return dx
