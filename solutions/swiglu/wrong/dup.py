# mistake: wrong_operand -- gate for act: the activation is skipped
def dup(dhid, gate):
    return dhid*gate


# mistake: wrong_operand -- sig for act
def dup(dhid, sig):
    return dhid*sig


# mistake: upstream_only -- act is forgotten
def dup(dhid):
    return dhid.clone()


# mistake: wrong_operand -- up for act
def dup(dhid, up):
    return dhid*up


# mistake: upstream_unused -- only act
def dup(act):
    return act.clone()


# mistake: sign -- a minus
def dup(dhid, act):
    return -dhid*act


# mistake: zeros -- nothing is filled in
def dup(up):
    return torch.zeros_like(up)
