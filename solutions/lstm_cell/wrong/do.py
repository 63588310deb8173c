# mistake: wrong_operand -- c instead of tc: the tanh is missing
def do(dh, c):
    return dh*c


# mistake: upstream_only -- tc is missing
def do(dh):
    return dh.clone()


# mistake: wrong_operand -- o instead of tc
def do(dh, o):
    return dh*o


# mistake: upstream_unused -- only tc
def do(tc):
    return tc.clone()


# mistake: wrong_operand -- the sigmoid a line too early
def do(dh, tc, o):
    return dh*tc*o*(1 - o)


# mistake: sign -- a minus
def do(dh, tc):
    return -dh*tc


# mistake: zeros -- left as zeros
def do(o):
    return torch.zeros_like(o)
