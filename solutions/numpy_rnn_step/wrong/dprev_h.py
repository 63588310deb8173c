# mistake: transposed -- the recurrent weights not transposed
def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz @ Wx.T, dz @ Wh, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)


# mistake: other_gradient -- the tanh is skipped here only
def rnn_step_backward(dnext_h, cache):
    x, prev_h, Wx, Wh, next_h = cache
    dz = dnext_h * (1 - next_h**2)
    return dz @ Wx.T, dnext_h @ Wh.T, x.T @ dz, prev_h.T @ dz, dz.sum(axis=0)
