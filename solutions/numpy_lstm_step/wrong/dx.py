# mistake: permuted -- the gates put together in the order i, f, g, o
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dc*i * (1 - g**2), dnext_h*tc * o*(1 - o)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: other_gradient -- the sigmoids and the tanh are skipped
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g, dc*prev_c, dnext_h*tc, dc*i])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: wrong_operand -- g as if it were a sigmoid
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * g*(1 - g)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)
