# mistake: upstream_only -- up is missing
def dact(dhid):
    return dhid.clone()


# mistake: wrong_operand -- act instead of up
def dact(dhid, act):
    return dhid*act


# mistake: wrong_operand -- gate instead of up
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


# mistake: zeros -- left as zeros
def dact(act):
    return torch.zeros_like(act)
