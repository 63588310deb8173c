# mistake: wrong_operand -- the output gate gets next_c, not its tanh
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    ai, af, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f*prev_c + i*g
    return o*np.tanh(next_c), next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, next_c)


# mistake: summed_too_far -- one number for each gate
def lstm_step_backward(dnext_h, dnext_c, cache):
    x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc = cache
    dc = dnext_c + dnext_h * o * (1 - tc**2)
    da = np.hstack([dc*g * i*(1 - i), dc*prev_c * f*(1 - f), dnext_h*tc * o*(1 - o), dc*i * (1 - g**2)])
    return da @ Wx.T, da @ Wh.T, dc * f, x.T @ da, prev_h.T @ da, da.reshape(len(x), 4, -1).sum(axis=(0, 2))
