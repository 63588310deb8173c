# mistake: missing_path -- mean and variance as if they were constants
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    return dout * gamma / std, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: missing_path -- nothing through the mean
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: missing_path -- nothing through the variance
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: negated_path -- the path through the variance with a plus
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) + xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_operand -- gamma is forgotten
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dx = (dout - dout.mean(axis=0) - xhat * (dout * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_power -- divided by the variance, not by its root
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std**2
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: fused_term -- sums in the place of means
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_axis -- means over the features
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_epsilon -- the standard deviation without epsilon
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    std = np.sqrt(std**2 - 1e-5)
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_path -- the variance's path lacks its factor 2
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - 0.5 * xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_operand -- x is kept in the place of xhat
def batchnorm_forward(x, gamma, beta, bn_param):
    std = np.sqrt(x.var(axis=0) + bn_param['eps'])
    xhat = (x - x.mean(axis=0)) / std
    return gamma*xhat + beta, (x, std, gamma)
