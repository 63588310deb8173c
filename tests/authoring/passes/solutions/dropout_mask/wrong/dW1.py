# mistake: wrong_operand -- the mask is forgotten
def dW1(dh, x, W1, b1, p):
    return x.T @ (dh / (1 - p) * (x @ W1 + b1 > 0))


# mistake: constant_factor -- the scale of inverted dropout is forgotten
def dW1(dh, x, W1, b1, mask):
    return x.T @ (dh * mask * (x @ W1 + b1 > 0))


# mistake: missing_path -- the gate of the relu is forgotten
def dW1(dh, x, mask, p):
    return x.T @ (dh * mask / (1 - p))
