# mistake: not_summed -- not summed over the row
def dg(dW, V, norm):
    return dW * V / norm


# mistake: keepdim -- a dimension is missing
def dg(dW, V, norm):
    return (dW * V / norm).sum(1)
