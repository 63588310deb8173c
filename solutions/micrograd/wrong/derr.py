# mistake: constant_factor -- the two of the square is missing
def derr(err):
    return err*1.0


# mistake: wrong_power -- the square itself
def derr(err):
    return err**2


# mistake: sign -- an extra minus
def derr(err):
    return -2*err


# mistake: upstream_only -- only dloss
def derr(dloss):
    return dloss*1.0


# mistake: constant_factor -- a half, as if the loss were half a square
def derr(err):
    return 0.5*err


# mistake: wrong_operand -- o instead of err
def derr(o):
    return 2*o


# mistake: zeros -- left as zeros
def derr(err):
    return torch.zeros_like(err)


# mistake: wrong_dtype -- float64
def derr(err):
    return 2*err.double()
