# mistake: not_summed -- summed over the batch only
def dweight(dout, xhat):
    return (dout * xhat).sum(0)


# mistake: wrong_operand -- x instead of the normalized x
def dweight(dout, x):
    return (dout * x).sum((0, 1))
