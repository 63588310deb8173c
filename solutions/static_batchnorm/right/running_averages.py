import torch


class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        mode, eps, momentum = bn_param["mode"], bn_param.get("eps", 1e-5), bn_param.get("momentum", 0.9)
        n, d = x.shape
        running_mean = bn_param.get("running_mean", torch.zeros(d, dtype=x.dtype))
        running_var = bn_param.get("running_var", torch.zeros(d, dtype=x.dtype))
        cache = None
        if mode == "train":
            mean = x.mean(dim=0, keepdim=True)
            var = x.var(dim=0, unbiased=False, keepdim=True)
            xhat = (x - mean) * torch.rsqrt(var + eps)
            out = gamma * xhat + beta
            cache = (x, xhat, mean, var, gamma, eps)
            running_mean = momentum * running_mean + (1 - momentum) * mean.squeeze(0)
            running_var = momentum * running_var + (1 - momentum) * var.squeeze(0)
        elif mode == "test":
            out = gamma * (x - running_mean) / torch.sqrt(running_var + eps) + beta
        else:
            raise ValueError(mode)
        bn_param["running_mean"] = running_mean
        bn_param["running_var"] = running_var
        return out, cache

    @staticmethod
    def backward(dout, cache):
        x, xhat, mean, var, gamma, eps = cache
        m = x.shape[0]
        dgamma = (dout * xhat).sum(dim=0)
        dbeta = dout.sum(dim=0)
        dxhat = dout * gamma
        ivar = 1.0 / torch.sqrt(var + eps)
        dvar = (dxhat * (x - mean) * -0.5 * ivar**3).sum(dim=0, keepdim=True)
        dmean = -(dxhat * ivar).sum(dim=0, keepdim=True) + dvar * (-2.0 * (x - mean)).mean(dim=0, keepdim=True)
        dx = dxhat * ivar + dvar * 2.0 * (x - mean) / m + dmean / m
        return dx, dgamma, dbeta
