# mistake: upstream_only -- o is missing
def dtc(dh):
    return dh.clone()


# mistake: wrong_operand -- tc instead of o
def dtc(dh, tc):
    return dh*tc


# mistake: wrong_operand -- the tanh a line too early
def dtc(dh, o, tc):
    return dh*o*(1 - tc**2)


# mistake: upstream_unused -- only o
def dtc(o):
    return o.clone()


# mistake: wrong_operand -- go instead of o: the sigmoid is skipped
def dtc(dh, go):
    return dh*go


# mistake: sign -- a minus
def dtc(dh, o):
    return -dh*o


# mistake: zeros -- left as zeros
def dtc(tc):
    return torch.zeros_like(tc)
