# mistake: missing_path -- what comes from the next step is forgotten
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: missing_path -- what comes through the tanh is forgotten
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: wrong_path -- the output gate is forgotten on the way through the tanh
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: wrong_operand -- the forget gate is forgotten
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc, x.T @ da, prev_h.T @ da, da.sum(axis=0)


# mistake: doubled_path -- dnext_c counts twice
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f + dnext_c * f, x.T @ da, prev_h.T @ da, da.sum(axis=0)
