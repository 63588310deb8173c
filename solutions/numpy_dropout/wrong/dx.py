# mistake: constant_factor -- the mask without the factor
def dropout_backward(dout, cache):
    return dout * (cache > 0)


# mistake: upstream_only -- what was dropped gets a gradient as well
def dropout_backward(dout, cache):
    return dout


# mistake: upstream_unused -- the mask alone
def dropout_backward(dout, cache):
    return cache


# mistake: wrong_power -- the factor twice
def dropout_backward(dout, cache):
    return dout * cache * cache


# mistake: wrong_index -- a fresh mask is drawn
def dropout_forward(x, dropout_param):
    p = dropout_param['p']
    np.random.seed(dropout_param['seed'])
    mask = (np.random.rand(*x.shape) < p) / p
    return x * mask, p


def dropout_backward(dout, cache):
    return dout * (np.random.rand(*dout.shape) < cache) / cache


# mistake: wrong_operand -- zero where the upstream gradient is negative
def dropout_backward(dout, cache):
    return np.maximum(dout, 0) * cache
