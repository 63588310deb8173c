# mistake: sign -- a minus: that is the target's
def do(derr):
    return -derr


# mistake: wrong_operand -- times o
def do(derr, o):
    return derr*o


# mistake: upstream_unused -- one
def do(o):
    return torch.ones_like(o)


# mistake: doubled_path -- twice
def do(derr):
    return derr + derr


# mistake: wrong_operand -- times the target
def do(derr, target):
    return derr*target


# mistake: zeros -- left as zeros
def do(o):
    return torch.zeros_like(o)
