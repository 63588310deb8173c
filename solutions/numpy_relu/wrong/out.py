# mistake: wrong_operand -- the minimum
def relu_forward(x):
    return np.minimum(x, 0), x


# mistake: wrong_operand -- leaky
def relu_forward(x):
    return np.maximum(x, 0.01*x), x


# mistake: aliasing -- x itself is overwritten and returned, but the sign is lost
def relu_forward(x):
    out = x
    out[x < 0] *= -1
    return out, x
