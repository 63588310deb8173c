# mistake: sign -- the minus is missing
def dvar(drstd, var):
    return 0.5*(var + 1e-5)**-1.5*drstd


# mistake: constant_factor -- the half is missing
def dvar(drstd, var):
    return -(var + 1e-5)**-1.5*drstd


# mistake: wrong_power -- the power stays minus a half
def dvar(drstd, var):
    return -0.5*(var + 1e-5)**-0.5*drstd


# mistake: wrong_power -- plus for minus three halves
def dvar(drstd, var):
    return -0.5*(var + 1e-5)**1.5*drstd


# mistake: wrong_power -- rstd squared
def dvar(drstd, rstd):
    return -0.5*rstd**2*drstd


# mistake: wrong_epsilon -- epsilon is missing
def dvar(drstd, var):
    return -0.5*var**-1.5*drstd


# mistake: wrong_epsilon -- epsilon after the root
def dvar(drstd, var):
    return -0.5*(var.sqrt() + 1e-5)**-3*drstd


# mistake: wrong_epsilon -- a different epsilon
def dvar(drstd, var):
    return -0.5*(var + 1e-6)**-1.5*drstd


# mistake: float32_pinned -- a different epsilon, in float32
def dvar(drstd, var):
    return -0.5*(var.float() + 1e-6)**-1.5*drstd.float()


# mistake: upstream_unused -- drstd is missing
def dvar(var):
    return -0.5*(var + 1e-5)**-1.5


# mistake: upstream_only -- only the factor
def dvar(drstd):
    return -0.5*drstd


# mistake: zeros -- left as zeros
def dvar(var):
    return torch.zeros_like(var)
