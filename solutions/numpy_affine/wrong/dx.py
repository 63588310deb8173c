# mistake: unknown -- not reshaped back
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return dout @ w.T, flat.T @ dout, dout.sum(axis=0)


# mistake: upstream_unused -- the weights alone, summed over the outputs
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    dx = (np.ones_like(dout) @ w.T).reshape(x.shape)
    return dx, flat.T @ dout, dout.sum(axis=0)


# mistake: permuted -- reshaped in column order
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape, order='F'), flat.T @ dout, dout.sum(axis=0)


# mistake: constant_factor -- divided by the size of the minibatch
def affine_backward(dout, cache):
    x, w, b = cache
    flat = x.reshape(x.shape[0], -1)
    return (dout @ w.T).reshape(x.shape) / x.shape[0], flat.T @ dout, dout.sum(axis=0)


# mistake: wrong_operand -- the cache holds out in the place of x
def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1) @ w + b
    return out, (out, w, b)
