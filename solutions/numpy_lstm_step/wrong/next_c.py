# mistake: wrong_operand -- g through a sigmoid
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    ai, af, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), sigmoid(ag)
    next_c = f*prev_c + i*g
    tc = np.tanh(next_c)
    return o*tc, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc)


# mistake: permuted -- the input and the forget gate swapped
def lstm_step_forward(x, prev_h, prev_c, Wx, Wh, b):
    af, ai, ao, ag = np.split(x @ Wx + prev_h @ Wh + b, 4, axis=1)
    i, f, o, g = sigmoid(ai), sigmoid(af), sigmoid(ao), np.tanh(ag)
    next_c = f*prev_c + i*g
    tc = np.tanh(next_c)
    return o*tc, next_c, (x, prev_h, prev_c, Wx, Wh, i, f, o, g, tc)
