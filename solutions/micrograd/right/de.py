# form: simplified
def de(do, e):
    return 2*do/(e + 1)**2


# form: a common factor
def de(do, e, o):
    return do*(1 - o)/(e + 1)


# form: the textbook quotient rule
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


# form: in float32 whatever the input
def de(do, e):
    return 2*do.float()/(e.float() + 1)**2
