# mistake: permuted -- the gates in the order i, f, g, o
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    ai, af, ag, ao = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f*prev_c + i*g
    tc = np.tanh(next_c)
    return o*tc, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc)


# mistake: wrong_operand -- the cell without its tanh
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    ai, af, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f*prev_c + i*g
    return o*next_c, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, np.tanh(next_c))
