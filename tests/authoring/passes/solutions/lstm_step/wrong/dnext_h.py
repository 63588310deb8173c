# mistake: constant_factor -- the two of the square, which the half cancels
def dnext_h(next_h, y):
    return 2 * (next_h - y) / next_h.shape[0]


# mistake: constant_factor -- the mean over all numbers
def dnext_h(next_h, y):
    return (next_h - y) / next_h.numel()
