# mistake: wrong_operand -- the input gate instead of the forget gate
def dprev_c(dnext_c, i):
    return dnext_c * i
