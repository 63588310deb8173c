# mistake: wrong_operand -- log_tau without the exponential
def da(dlogits, b, log_tau):
    return dlogits @ b * log_tau
