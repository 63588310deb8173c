# mistake: wrong_operand -- the derivative of a sigmoid
def dag(dg, g):
    return dg * g * (1 - g)
