# mistake: wrong_operand -- times x, not times the normalized values
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, x, gamma)

    @staticmethod
    def backward(dout, cache):
        diff, invstd, norm, gamma = cache
        n = dout.shape[0]
        dbeta = dout.sum(0)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: wrong_operand -- times diff, not times the normalized values
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

    @staticmethod
    def backward(dout, cache):
        diff, invstd, norm, gamma = cache
        n = dout.shape[0]
        dbeta = dout.sum(0)
        dgamma = (dout * diff).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: constant_factor -- the mean instead of the sum
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

    @staticmethod
    def backward(dout, cache):
        diff, invstd, norm, gamma = cache
        n = dout.shape[0]
        dbeta = dout.sum(0)
        dgamma = (dout * norm).mean(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: keepdim -- the summed dimension is kept
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

    @staticmethod
    def backward(dout, cache):
        diff, invstd, norm, gamma = cache
        n = dout.shape[0]
        dbeta = dout.sum(0)
        dgamma = (dout * norm).sum(0, keepdim=True)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: upstream_unused -- dout is forgotten
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

    @staticmethod
    def backward(dout, cache):
        diff, invstd, norm, gamma = cache
        n = dout.shape[0]
        dbeta = dout.sum(0)
        dgamma = norm.sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: not_summed -- not summed at all
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

    @staticmethod
    def backward(dout, cache):
        diff, invstd, norm, gamma = cache
        n = dout.shape[0]
        dbeta = dout.sum(0)
        dgamma = dout * norm
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta
