# mistake: constant_factor -- the mean over the examples
def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    n = x.shape[0]
    return dz @ Wx.T, dz @ Wh.T, x.T @ dz / n, prev_h.T @ dz / n, dz.sum(axis=0) / n


# mistake: transposed -- the transposed product
def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz @ Wx.T, dz @ Wh.T, dz.T @ x, prev_h.T @ dz, dz.sum(axis=0)
