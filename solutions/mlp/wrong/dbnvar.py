# mistake: sign -- the minus of the power rule is forgotten
def dbnvar(dbnvar_inv, bnvar):
    return 0.5*(bnvar + 1e-5)**-1.5 * dbnvar_inv


# mistake: constant_factor -- one half is forgotten
def dbnvar(dbnvar_inv, bnvar):
    return -(bnvar + 1e-5)**-1.5 * dbnvar_inv


# mistake: wrong_power -- minus one half stays as it was
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-5)**-0.5 * dbnvar_inv


# mistake: wrong_power -- plus one half: one added for one taken off
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-5)**0.5 * dbnvar_inv


# mistake: wrong_power -- minus two
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-5)**-2 * dbnvar_inv


# mistake: wrong_power -- bnvar_inv squared
def dbnvar(dbnvar_inv, bnvar_inv):
    return -0.5*bnvar_inv**2 * dbnvar_inv


# mistake: wrong_epsilon -- epsilon is forgotten
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*bnvar**-1.5 * dbnvar_inv


# mistake: wrong_epsilon -- 1e-6 for 1e-5
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-6)**-1.5 * dbnvar_inv


# mistake: wrong_epsilon -- 1e-4 for 1e-5
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 1e-4)**-1.5 * dbnvar_inv


# mistake: wrong_epsilon -- epsilon outside the power
def dbnvar(dbnvar_inv, bnvar):
    return (-0.5*bnvar**-1.5 + 1e-5) * dbnvar_inv


# mistake: wrong_epsilon -- epsilon inside twice
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar + 2e-5)**-1.5 * dbnvar_inv


# mistake: float32_pinned -- epsilon is forgotten, written in float32
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*bnvar.float()**-1.5 * dbnvar_inv.float()


# mistake: float32_pinned -- 1e-6 for 1e-5, written in float32
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar.float() + 1e-6)**-1.5 * dbnvar_inv.float()


# mistake: float32_pinned -- 1e-4 for 1e-5, written in float32
def dbnvar(dbnvar_inv, bnvar):
    return -0.5*(bnvar.float() + 1e-4)**-1.5 * dbnvar_inv.float()


# mistake: upstream_unused -- dbnvar_inv is forgotten
def dbnvar(bnvar):
    return -0.5*(bnvar + 1e-5)**-1.5


# mistake: upstream_only -- dbnvar_inv as it came
def dbnvar(dbnvar_inv):
    return dbnvar_inv*1.0


# mistake: wrong_operand -- bnvar_inv in the place of bnvar
def dbnvar(dbnvar_inv, bnvar_inv):
    return -0.5*(bnvar_inv + 1e-5)**-1.5 * dbnvar_inv


# mistake: keepdim -- squeezed
def dbnvar(dbnvar_inv, bnvar):
    return ((-0.5*(bnvar + 1e-5)**-1.5) * dbnvar_inv).squeeze(0)


# mistake: zeros -- nothing is filled in
def dbnvar(bnvar):
    return torch.zeros_like(bnvar)
