# mistake: constant_factor -- the two of the square, which the half cancels
def dz(dlog_prior, z):
    return -2 * dlog_prior[:, None] * z


# mistake: upstream_unused -- the mean is left out
def dz(z):
    return z.clone()
