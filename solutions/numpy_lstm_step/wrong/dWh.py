# mistake: wrong_operand -- prev_c in the place of prev_h
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_c.T @ da, da.sum(axis=0)


# mistake: transposed -- the transposed product
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, da.T @ prev_h, da.sum(axis=0)
