# mistake: not_summed -- summed over the batch only
def dscale(dscaled, x):
    return (dscaled * x).sum(0)


# mistake: wrong_operand -- the scaled x
def dscale(dscaled, scaled):
    return (dscaled * scaled).sum((0, 2, 3))
