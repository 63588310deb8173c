# mistake: wrong_axis -- the images are not summed
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=(0, 2, 3), keepdims=True), dout.sum(axis=(2, 3), keepdims=True)


# mistake: other_gradient -- dgamma and dbeta returned in the wrong order
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), dout.sum(axis=axes, keepdims=True), (dout*xhat).sum(axis=axes, keepdims=True)
