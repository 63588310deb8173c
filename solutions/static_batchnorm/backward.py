# The worked solution, one intermediate value at a time: right/ holds the formula in one line.

import torch


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
        ddiff = dnorm * invstd + dvar * 2 * diff / n # two paths: diff is in norm and in var
        dmean = -ddiff.sum(0)
        dx = ddiff + dmean / n # and the third: x is in diff and in mean
        return dx, dgamma, dbeta
