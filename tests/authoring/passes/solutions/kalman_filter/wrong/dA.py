# mistake: constant_factor -- averaged over time
def dA(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['A'] / len(z)


# mistake: transposed -- transposed
def dA(z, A, H, Q, R, x0, P0):
    return _gradients(z, A, H, Q, R, x0, P0)['A'].T
