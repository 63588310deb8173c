# form: simplified
def de(do, e):
    return 2*do/(e + 1)**2


# form: a common factor
def de(do, e, o):
    return do*(1 - o)/(e + 1)


# form: the quotient rule of school
def de(do, e):
    return do*((e + 1) - (e - 1))/(e + 1)**2


# form: two steps with +=
def de(do, e):
    d = do/(e + 1)
    d += -do*(e - 1)/(e + 1)**2
    return d


# form: from o alone
def de(do, o):
    return do*(1 - o)**2/2


# form: written in float32 whatever comes in
def de(do, e):
    return 2*do.float()/(e.float() + 1)**2
