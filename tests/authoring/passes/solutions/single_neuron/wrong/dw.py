# mistake: other_gradient -- w instead of x: this is dx
def dw(dz, w):
    return dz * w


# mistake: missing_path -- the sigmoid is skipped
def dw(da, x):
    return da * x
