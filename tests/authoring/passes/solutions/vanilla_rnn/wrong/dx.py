# mistake: wrong_operand -- the tanh is left out
def dx(dout, Wxh):
    return dout @ Wxh.T
