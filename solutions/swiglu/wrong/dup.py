# mistake: wrong_operand -- gate instead of act: the activation is skipped
def dup(dhid, gate):
    return dhid*gate


# mistake: wrong_operand -- sig instead of act
def dup(dhid, sig):
    return dhid*sig


# mistake: upstream_only -- act is missing
def dup(dhid):
    return dhid.clone()


# mistake: wrong_operand -- up instead of act
def dup(dhid, up):
    return dhid*up


# mistake: upstream_unused -- only act
def dup(act):
    return act.clone()


# mistake: sign -- a minus
def dup(dhid, act):
    return -dhid*act


# mistake: zeros -- left as zeros
def dup(up):
    return torch.zeros_like(up)
