# mistake: wrong_axis -- normalized over the features
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(1, keepdim=True)
        diff = x - mean
        var = (diff**2).mean(1, keepdim=True)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

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


# mistake: constant_factor -- the variance divided by n - 1
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = x.var(0)
        invstd = (var + bn_param["eps"])**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

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


# mistake: wrong_epsilon -- eps added to the standard deviation
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = 1 / (var**0.5 + bn_param["eps"])
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

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


# mistake: wrong_epsilon -- no eps
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = var**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

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


# mistake: wrong_epsilon -- another eps
class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mean = x.mean(0)
        diff = x - mean
        var = (diff**2).mean(0)
        invstd = (var + 1e-3)**-0.5
        norm = diff * invstd
        out = norm * gamma + beta
        return out, (diff, invstd, norm, gamma)

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
