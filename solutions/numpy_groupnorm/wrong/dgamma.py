# mistake: keepdim -- a row without the other dimensions
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    return dx.reshape(dout.shape), (dout*xhat).sum(axis=(0, 2, 3)), dout.sum(axis=(0, 2, 3))


# mistake: constant_factor -- the mean over images and pixels
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    xhat = normed.reshape(dout.shape)
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    axes = (0, 2, 3)
    return dx.reshape(dout.shape), (dout*xhat).mean(axis=axes, keepdims=True), dout.sum(axis=axes, keepdims=True)


# mistake: summed_too_far -- one number for each group, repeated for its channels
def spatial_groupnorm_backward(dout, cache):
    normed, std, gamma = cache
    G, k = normed.shape[1], dout.shape[1] // normed.shape[1]
    d = (dout * gamma).reshape(normed.shape)
    dx = (d - d.mean(axis=2, keepdims=True) - normed * (d * normed).mean(axis=2, keepdims=True)) / std
    dgamma = np.repeat((dout.reshape(normed.shape) * normed).sum(axis=(0, 2)), k).reshape(gamma.shape)
    return dx.reshape(dout.shape), dgamma, dout.sum(axis=(0, 2, 3), keepdims=True)
