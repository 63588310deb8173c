# mistake: upstream_only -- gate is missing
def dsig(dact):
    return dact.clone()


# mistake: wrong_operand -- sig instead of gate
def dsig(dact, sig):
    return dact*sig


# mistake: wrong_operand -- act instead of gate
def dsig(dact, act):
    return dact*act


# mistake: wrong_operand -- the sigmoid a line too early
def dsig(dact, gate, sig):
    return dact*gate*sig*(1 - sig)


# mistake: upstream_unused -- only gate
def dsig(gate):
    return gate.clone()


# mistake: other_gradient -- dhid instead of dact: up is missing
def dsig(dhid, gate):
    return dhid*gate


# mistake: sign -- a minus
def dsig(dact, gate):
    return -dact*gate


# mistake: zeros -- left as zeros
def dsig(sig):
    return torch.zeros_like(sig)
