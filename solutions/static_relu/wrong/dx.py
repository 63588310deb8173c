# mistake: upstream_unused -- the mask alone
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = (x > 0).to(dout.dtype)
        return dx


# mistake: upstream_only -- no mask
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout
        return dx


# mistake: wrong_operand -- the mask of dout
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (dout > 0)
        return dx


# mistake: wrong_operand -- times the input instead of the mask
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * x
        return dx


# mistake: wrong_operand -- times the output instead of the mask
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, out

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * x
        return dx


# mistake: wrong_operand -- passed where the input was negative
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (x < 0)
        return dx


# mistake: wrong_operand -- the output's mask with >=, which is true everywhere
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, out

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (x >= 0)
        return dx


# mistake: wrong_operand -- the output is in the cache, and compared with one
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, out

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = dout * (x > 1)
        return dx


# mistake: unknown -- the mask of the first call, kept in a global
class ReLU:
    masks = []

    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        ReLU.masks.append(x > 0)
        return out, None

    @staticmethod
    def backward(dout, cache):
        dx = dout * ReLU.masks[0]
        return dx


# mistake: upstream_only -- a leak where the input was negative
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dx = torch.where(x > 0, dout, 0.01*dout)
        return dx


# mistake: unknown -- the input kept on the class instead of in the cache
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        ReLU.x = x
        return out, None

    @staticmethod
    def backward(dout, cache):
        dx = dout * (ReLU.x > 0)
        return dx


# mistake: aliasing -- the mask laid over dout in place, which the caller still holds
class ReLU:
    @staticmethod
    def forward(x):
        out = x.clamp(min=0)
        return out, x

    @staticmethod
    def backward(dout, cache):
        x = cache
        dout *= 2 * (x > 0)
        dx = dout / 2
        return dx
