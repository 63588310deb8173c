# form: the other order
def dvar(drstd, var):
    return -0.5*(var + 1e-5)**-1.5*drstd


# form: by rstd cubed
def dvar(drstd, rstd):
    return -0.5*rstd**3*drstd


# form: divided
def dvar(drstd, var):
    return -drstd/(2*(var + 1e-5)**1.5)


# form: by rstd and var
def dvar(drstd, rstd, var):
    return -0.5*rstd/(var + 1e-5)*drstd


# form: in float32 whatever the input
def dvar(drstd, rstd):
    return -0.5*rstd.float()**3*drstd.float()
