# mistake: wrong_operand -- the input gate gets i in the place of g
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*i * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: constant_factor -- the mean over the examples
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da / len(x), prev_h.T @ da, da.sum(axis=0)
