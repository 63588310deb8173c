# mistake: constant_factor -- the mean is forgotten
def dresidual(residual):
    return 2 * residual
