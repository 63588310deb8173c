# mistake: missing_path -- only the e in the numerator
def de(do, e):
    return do/(e + 1)


# mistake: missing_path -- only the e in the denominator
def de(do, e, o):
    return -do*o/(e + 1)


# mistake: negated_path -- the e in the denominator with a plus
def de(do, e, o):
    return do/(e + 1) + do*o/(e + 1)


# mistake: wrong_path -- one path overwrites the other
def de(do, e, o):
    d = do/(e + 1)
    d = -do*(o/(e + 1))
    return d


# mistake: constant_factor -- the two is lost when simplifying
def de(do, e):
    return do/(e + 1)**2


# mistake: wrong_power -- the square in the denominator is missing
def de(do, e):
    return 2*do/(e + 1)


# mistake: sign -- minus instead of plus in the denominator
def de(do, e):
    return 2*do/(e - 1)**2


# mistake: upstream_unused -- do is missing
def de(e):
    return 2/(e + 1)**2


# mistake: upstream_only -- do unchanged
def de(do):
    return do.clone()


# mistake: wrong_operand -- the derivative of tanh: that belongs to n
def de(do, o):
    return do*(1 - o**2)


# mistake: wrong_operand -- n instead of e
def de(do, n):
    return 2*do/(n + 1)**2


# mistake: other_gradient -- derr with the wrong sign for do
def de(derr, e):
    return -2*derr/(e + 1)**2


# mistake: wrong_epsilon -- a small number in the denominator
def de(do, e):
    return 2*do/(e + 1 + 1e-5)**2


# mistake: float32_pinned -- the same small number, in float32
def de(do, e):
    return 2*do.float()/(e.float() + 1 + 1e-4)**2


# mistake: zeros -- left as zeros
def de(e):
    return torch.zeros_like(e)
