# mistake: constant_factor -- not scaled up on the way back
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout * mask
        return dx


# mistake: constant_factor -- divided by the share that is dropped
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout * mask / p
        return dx


# mistake: constant_factor -- scaled twice
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout * mask / (1 - p)**2
        return dx


# mistake: hard_coded -- the share of the given case typed as a number
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout * mask / 0.75
        return dx


# mistake: upstream_only -- the mask is forgotten
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p)
        return dx


# mistake: upstream_only -- dropout is ignored
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout
        return dx


# mistake: upstream_unused -- the scaled mask alone
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = mask / (1 - p)
        return dx


# mistake: wrong_operand -- the mask of what is dropped
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * (1 - mask)
        return dx


# mistake: unknown -- a new mask is drawn
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (mask, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * (torch.rand_like(dout) >= p)
        return dx


# mistake: wrong_operand -- the output in the cache instead of the mask
class Dropout:
    @staticmethod
    def forward(x, mask, p):
        out = x * mask / (1 - p)
        return out, (out, p)

    @staticmethod
    def backward(dout, cache):
        mask, p = cache
        dx = dout / (1 - p) * mask
        return dx
