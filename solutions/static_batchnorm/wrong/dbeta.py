# mistake: other_gradient -- dgamma and dbeta returned in the wrong order
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
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dbeta, dgamma


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
        dbeta = dout.mean(0)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: wrong_axis -- summed over the features
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
        dbeta = dout.sum(1)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: upstream_unused -- the number of examples
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
        dbeta = torch.full_like(gamma, n)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: wrong_operand -- times gamma
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
        dbeta = (dout * gamma).sum(0)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta
