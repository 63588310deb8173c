# mistake: missing_path -- the norm is taken for a constant
def dV(dW, g, norm):
    return dW * g / norm


# mistake: wrong_path -- the derivative of the squared norm
def dV(dW, dnorm, g, V, norm):
    return dW * g / norm + 2 * dnorm * V


# mistake: negated_path -- the norm's path with the wrong sign
def dV(dW, dnorm, g, V, norm):
    return dW * g / norm - dnorm * V / norm
