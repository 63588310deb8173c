# mistake: softmax_jacobian -- only the diagonal of the softmax
def dmasked(dp, p):
    return p * dp


# mistake: wrong_axis -- summed over the queries
def dmasked(dp, p):
    return p * (dp - (dp * p).sum(1, keepdim=True))
