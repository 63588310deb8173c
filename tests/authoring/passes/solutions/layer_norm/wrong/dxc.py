# mistake: missing_path -- the variance is taken for a constant
def dxc(dxhat, rstd):
    return dxhat * rstd
