# mistake: wrong_operand -- the gradient of a relu
def dq(dfq, q):
    return dfq * (q > 0)
