# mistake: softmax_jacobian -- only the diagonal
def datt(dp, p):
    return p * dp


# mistake: wrong_operand -- the square of p
def datt(dp, p):
    return p * (dp - (dp * p * p).sum(2, keepdim=True))
