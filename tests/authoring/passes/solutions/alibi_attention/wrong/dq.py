# mistake: constant_factor -- the scale is missing
def dq(dout, q, k, v, bias, causal):
    return _datt(dout, q, k, v, bias, causal) @ k


# mistake: wrong_operand -- no bias: every head is the same
def dq(dout, q, k, v, bias, causal):
    return _datt(dout, q, k, v, 0 * bias, causal) @ k * q.shape[-1] ** -0.5
