# mistake: upstream_only -- o is forgotten
def dtc(dh):
    return dh.clone()


# mistake: wrong_operand -- tc for o
def dtc(dh, tc):
    return dh*tc


# mistake: wrong_operand -- the tanh a line too early
def dtc(dh, o, tc):
    return dh*o*(1 - tc**2)


# mistake: upstream_unused -- only o
def dtc(o):
    return o.clone()


# mistake: wrong_operand -- go for o: the sigmoid is skipped
def dtc(dh, go):
    return dh*go


# mistake: sign -- a minus
def dtc(dh, o):
    return -dh*o


# mistake: zeros -- nothing is filled in
def dtc(tc):
    return torch.zeros_like(tc)
