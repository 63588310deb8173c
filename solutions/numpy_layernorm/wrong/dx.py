# mistake: wrong_axis -- the backward pass of batch normalization as it is
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=0) - xhat * (dxhat * xhat).mean(axis=0)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: missing_path -- mean and variance as if they were constants
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    return dout * gamma / std, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: missing_path -- nothing through the mean
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: missing_path -- nothing through the variance
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: fused_term -- gamma multiplied at the end, after the means
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dx = gamma * (dout - dout.mean(axis=1, keepdims=True) - xhat * (dout * xhat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: fused_term -- divided by the number of examples
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    n, dxhat = dout.shape[0], dout * gamma
    dx = (n*dxhat - dxhat.sum(axis=1, keepdims=True) - xhat*(dxhat*xhat).sum(axis=1, keepdims=True)) / (n*std)
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_operand -- gamma is forgotten
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dx = (dout - dout.mean(axis=1, keepdims=True) - xhat * (dout * xhat).mean(axis=1, keepdims=True)) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: wrong_power -- divided by the root of the standard deviation
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat - dxhat.mean(axis=1, keepdims=True) - xhat * (dxhat * xhat).mean(axis=1, keepdims=True)) / std**0.5
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


# mistake: sign -- the gradient with a minus
def layernorm_backward(dout, cache):
    xhat, std, gamma = cache
    dxhat = dout * gamma
    dx = (dxhat.mean(axis=1, keepdims=True) + xhat * (dxhat * xhat).mean(axis=1, keepdims=True) - dxhat) / std
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)
