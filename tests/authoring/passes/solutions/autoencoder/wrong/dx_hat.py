# mistake: constant_factor -- a mean over all numbers
def dx_hat(x_hat, x):
    return 2 * (x_hat - x) / x.numel()
