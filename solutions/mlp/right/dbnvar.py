# form: the other order
def dbnvar(dbnvar_inv, bnvar):
    return dbnvar_inv * (-0.5*(bnvar + 1e-5)**-1.5)


# form: the power as a fraction
def dbnvar(dbnvar_inv, bnvar):
    return -0.5 * (bnvar + 1e-5)**(-3/2) * dbnvar_inv


# form: minus one half as a fraction
def dbnvar(dbnvar_inv, bnvar):
    return (-1/2)*((bnvar + 1e-5)**-1.5)*dbnvar_inv


# form: bnvar_inv cubed
def dbnvar(dbnvar_inv, bnvar_inv):
    return -0.5*bnvar_inv**3*dbnvar_inv


# form: divided by twice the power
def dbnvar(dbnvar_inv, bnvar):
    return -dbnvar_inv/(2*(bnvar + 1e-5)**1.5)


# form: divided by the root, cubed
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*dbnvar_inv/torch.sqrt(bnvar + 1e-5)**3


# form: bnvar_inv over the variance
def dbnvar(dbnvar_inv, bnvar_inv, bnvar):
    return -0.5*dbnvar_inv*bnvar_inv/(bnvar + 1e-5)


# form: torch.pow
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*torch.pow(bnvar + 1e-5, -1.5)*dbnvar_inv


# form: by exp and log
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*torch.exp(-1.5*torch.log(bnvar + 1e-5))*dbnvar_inv


# form: in float32 whatever the input
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar.float() + 1e-5)**-1.5*dbnvar_inv.float()


# form: fused from dbnraw
def dbnvar(dbnraw, bnvar_inv, bndiff):
    return -0.5*bnvar_inv**3*(bndiff*dbnraw).sum(0, keepdim=True)
