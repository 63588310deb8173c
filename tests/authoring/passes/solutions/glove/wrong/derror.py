# mistake: upstream_unused -- the weights of the pairs are left out
def derror(error):
    return 2 * error


# mistake: constant_factor -- the two is missing
def derror(f, error):
    return f * error
