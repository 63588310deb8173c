# mistake: constant_factor -- the minus and the half are left out
def dD2(dK, K, log_ell):
    return dK * K / torch.exp(2 * log_ell)


# mistake: wrong_operand -- the length scale is not squared
def dD2(dK, K, log_ell):
    return -0.5 * dK * K / torch.exp(log_ell)
