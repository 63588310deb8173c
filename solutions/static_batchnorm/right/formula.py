import torch


class BatchNorm:
    @staticmethod
    def forward(x, gamma, beta, bn_param):
        var, mean = torch.var_mean(x, dim=0, unbiased=False)
        std = torch.sqrt(var + bn_param["eps"])
        xhat = (x - mean) / std
        return gamma * xhat + beta, {"xhat": xhat, "std": std, "gamma": gamma}

    @staticmethod
    def backward(dout, cache):
        xhat, std, gamma = cache["xhat"], cache["std"], cache["gamma"]
        N = dout.shape[0]
        dbeta = dout.sum(dim=0)
        dgamma = torch.sum(dout * xhat, dim=0)
        dx = gamma / std / N * (N * dout - dbeta - xhat * dgamma)
        return dx, dgamma, dbeta
