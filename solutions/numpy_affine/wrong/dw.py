# mistake: constant_factor -- the mean over the examples
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), flat.T @ dout / x.shape[0], dout.sum(axis=0)


# mistake: transposed -- the transposed product
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), dout.T @ flat, dout.sum(axis=0)


# mistake: upstream_unused -- the inputs alone, summed over the examples
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), flat.T @ np.ones_like(dout), dout.sum(axis=0)


# mistake: fused_term -- a weight decay that nobody asked for
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape), flat.T @ dout + 1e-3*w, dout.sum(axis=0)
