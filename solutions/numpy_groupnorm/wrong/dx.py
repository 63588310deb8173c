# mistake: missing_path -- mean and variance as if they were constants
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    dx = (dout * gamma).reshape(normed.shape) / std
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: missing_path -- nothing through the mean
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: missing_path -- nothing through the variance
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True)) / std
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: fused_term -- gamma multiplied at the end, after the means
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = dout.reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    axes = (0, 2, 3)
    dx = gamma * dx.reshape(dout.shape)
    return dx, (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: fused_term -- divided by the number of pixels in a channel, not in a group
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    m = dout.shape[2] * dout.shape[3]
    dx = (d - d.sum(axis=2, keepdims=True)/m - normed * (d * normed).sum(axis=2, keepdims=True)/m) / std
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: wrong_power -- divided by the variance, not by its root
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std**2
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: unknown -- left as groups
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    axes = (0, 2, 3)
    return dx, (dout*xhat).sum(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)
