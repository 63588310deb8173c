# mistake: wrong_operand -- the neighbors are forgotten
def dH(dlogits, W1):
    return dlogits @ W1.T
