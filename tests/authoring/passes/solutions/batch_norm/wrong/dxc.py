# mistake: missing_path -- the variance is taken for a constant
def dxc(dx_hat, std):
    return dx_hat / std


# mistake: wrong_path -- divided by N - 1
def dxc(dx_hat, dvar, xc, std):
    return dx_hat / std + dvar * 2 * xc / (xc.shape[0] - 1)
