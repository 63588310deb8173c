# mistake: wrong_axis -- the softmax of the other dimension
def datt(dp, p):
    return p * (dp - (dp * p).sum(1, keepdim=True))
