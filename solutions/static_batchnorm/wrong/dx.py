# mistake: missing_path -- the mean and the variance as constants
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
        dx = dnorm * invstd
        return dx, dgamma, dbeta


# mistake: missing_path -- the path through the variance is missing
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
        ddiff = dnorm * invstd
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: missing_path -- the path through the mean is missing
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
        dx = ddiff
        return dx, dgamma, dbeta


# mistake: missing_path -- the path through the normalized value is missing
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
        ddiff = dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: constant_factor -- 1/n twice on the path through the mean
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
        dmean = -ddiff.mean(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: constant_factor -- 1/n forgotten on the path through the variance
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
        ddiff = dnorm * invstd + dvar * 2 * diff
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: constant_factor -- the 2 of the square is forgotten
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
        ddiff = dnorm * invstd + dvar * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: sign -- the sign of the mean's path
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
        dmean = ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: sign -- the sign of the variance's path
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
        dvar = dinvstd * 0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: wrong_power -- the square of invstd instead of its cube
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
        dvar = dinvstd * -0.5 * invstd**2
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: not_summed -- dinvstd is not summed over the minibatch
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
        dinvstd = dnorm * diff
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: constant_factor -- the mean instead of the sum over the minibatch
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
        dinvstd = (dnorm * diff).mean(0)
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
        dbeta = dout.sum(0)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(1, keepdim=True)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: wrong_operand -- gamma is forgotten
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
        dnorm = dout
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: constant_factor -- n - 1 instead of n
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
        n = dout.shape[0] - 1
        dbeta = dout.sum(0)
        dgamma = (dout * norm).sum(0)
        dnorm = dout * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta


# mistake: upstream_unused -- as if dout were one
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
        dnorm = torch.ones_like(dout) * gamma
        dinvstd = (dnorm * diff).sum(0)
        dvar = dinvstd * -0.5 * invstd**3
        ddiff = dnorm * invstd + dvar * 2 * diff / n
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n
        return dx, dgamma, dbeta
