# mistake: upstream_only -- gate is forgotten
def dsig(dact):
    return dact.clone()


# mistake: wrong_operand -- sig for gate
def dsig(dact, sig):
    return dact*sig


# mistake: wrong_operand -- act for gate
def dsig(dact, act):
    return dact*act


# mistake: wrong_operand -- the sigmoid a line too early
def dsig(dact, gate, sig):
    return dact*gate*sig*(1 - sig)


# mistake: upstream_unused -- only gate
def dsig(gate):
    return gate.clone()


# mistake: other_gradient -- dhid for dact: up is forgotten
def dsig(dhid, gate):
    return dhid*gate


# mistake: sign -- a minus
def dsig(dact, gate):
    return -dact*gate


# mistake: zeros -- nothing is filled in
def dsig(sig):
    return torch.zeros_like(sig)
