# mistake: missing_path -- only through the context
def denc(dcontext, alpha):
    return alpha.unsqueeze(-1) * dcontext.unsqueeze(1)


# mistake: missing_path -- only through the keys
def denc(dkeys, Ua):
    return dkeys @ Ua.T
