# mistake: upstream_only -- up is forgotten
def dact(dhid):
    return dhid.clone()


# mistake: wrong_operand -- act for up
def dact(dhid, act):
    return dhid*act


# mistake: wrong_operand -- gate for up
def dact(dhid, gate):
    return dhid*gate


# mistake: upstream_unused -- only up
def dact(up):
    return up.clone()


# mistake: wrong_operand -- divided by up
def dact(dhid, up):
    return dhid/up


# mistake: sign -- a minus
def dact(dhid, up):
    return -dhid*up


# mistake: zeros -- nothing is filled in
def dact(act):
    return torch.zeros_like(act)
