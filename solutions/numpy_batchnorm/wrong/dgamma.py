# mistake: aliasing -- dout is scaled in place before it is used again
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout
    dxhat *= gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: constant_factor -- the mean over the examples
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).mean(axis=0), dout.sum(axis=0)


# mistake: other_gradient -- dgamma and dbeta returned in the wrong order
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, dout.sum(axis=0), (dout * xhat).sum(axis=0)


# mistake: wrong_operand -- the output in the place of xhat
def batchnorm_forward(x, gamma, beta, bn_param):
    std = np.sqrt(x.var(axis=0) + bn_param['eps'])
    out = gamma * (x - x.mean(axis=0)) / std + beta
    return out, (out, std, gamma)


# mistake: keepdim -- a row with two dimensions
def batchnorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0, keepdims=True), dout.sum(axis=0)
