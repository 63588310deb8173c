# mistake: sign -- the minus of the power rule is missing
def dbnvar(dbnvar_inv, bnvar):
    return 0.5*(bnvar + 1e-5)**-1.5 * dbnvar_inv


# mistake: constant_factor -- one half is missing
def dbnvar(dbnvar_inv, bnvar):
    return -(bnvar + 1e-5)**-1.5 * dbnvar_inv


# mistake: wrong_power -- minus one half is unchanged
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-5)**-0.5 * dbnvar_inv


# mistake: wrong_power -- plus one half: one added instead of subtracted
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-5)**0.5 * dbnvar_inv


# mistake: wrong_power -- minus two
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-5)**-2 * dbnvar_inv


# mistake: wrong_power -- bnvar_inv squared
def dbnvar(dbnvar_inv, bnvar_inv):
    return -0.5*bnvar_inv**2 * dbnvar_inv


# mistake: wrong_epsilon -- epsilon is missing
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*bnvar**-1.5 * dbnvar_inv


# mistake: wrong_epsilon -- 1e-6 instead of 1e-5
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-6)**-1.5 * dbnvar_inv


# mistake: wrong_epsilon -- 1e-4 instead of 1e-5
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-4)**-1.5 * dbnvar_inv


# mistake: wrong_epsilon -- epsilon outside the power
def dbnvar(dbnvar_inv, bnvar):
    return (-0.5*bnvar**-1.5 + 1e-5) * dbnvar_inv


# mistake: wrong_epsilon -- epsilon inside twice
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 2e-5)**-1.5 * dbnvar_inv


# mistake: float32_pinned -- epsilon is missing, in float32
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*bnvar.float()**-1.5 * dbnvar_inv.float()


# mistake: float32_pinned -- 1e-6 instead of 1e-5, in float32
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar.float() + 1e-6)**-1.5 * dbnvar_inv.float()


# mistake: float32_pinned -- 1e-4 instead of 1e-5, in float32
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar.float() + 1e-4)**-1.5 * dbnvar_inv.float()


# mistake: upstream_unused -- dbnvar_inv is missing
def dbnvar(bnvar):
    return -0.5*(bnvar + 1e-5)**-1.5


# mistake: upstream_only -- dbnvar_inv unchanged
def dbnvar(dbnvar_inv):
    return dbnvar_inv*1.0


# mistake: wrong_operand -- bnvar_inv instead of bnvar
def dbnvar(dbnvar_inv, bnvar_inv):
    return -0.5*(bnvar_inv + 1e-5)**-1.5 * dbnvar_inv


# mistake: keepdim -- squeezed
def dbnvar(dbnvar_inv, bnvar):
    return ((-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv).squeeze(0)


# mistake: zeros -- left as zeros
def dbnvar(bnvar):
    return torch.zeros_like(bnvar)
