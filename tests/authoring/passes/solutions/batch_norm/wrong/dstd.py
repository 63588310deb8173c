# mistake: sign -- the minus is missing
def dstd(dx_hat, xc, std):
    return (dx_hat * xc).sum(0) / std**2


# mistake: wrong_power -- the square is missing
def dstd(dx_hat, xc, std):
    return -(dx_hat * xc).sum(0) / std
