# mistake: wrong_operand -- the mask of the upstream gradient
def relu_backward(dout, cache):
    return dout * (dout > 0)


# mistake: upstream_unused -- the mask alone
def relu_backward(dout, cache):
    return (cache > 0).astype(float)


# mistake: upstream_only -- passed on as if everything were positive
def relu_backward(dout, cache):
    return dout


# mistake: wrong_operand -- the other half
def relu_backward(dout, cache):
    return dout * (cache < 0)


# mistake: other_gradient -- the output in the place of the mask
def relu_backward(dout, cache):
    return dout * np.maximum(cache, 0)


# mistake: wrong_dtype -- a mask of bools
def relu_backward(dout, cache):
    return cache > 0


# mistake: wrong_operand -- ones where x is negative, in place
def relu_backward(dout, cache):
    dx = dout.copy()
    dx[cache < 0] = 1
    return dx


# mistake: wrong_operand -- the output is kept, and >= 0 is true of all of it
def relu_forward(x):
    out = np.maximum(x, 0)
    return out, out


def relu_backward(dout, cache):
    return dout * (cache >= 0)


# mistake: zeros -- nothing is filled in where x is positive
def relu_backward(dout, cache):
    dx = np.zeros_like(dout)
    dx[cache < 0] = 0
    return dx
