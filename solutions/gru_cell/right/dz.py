# form: a common factor
def dz(dhnew, n, h):
    return dhnew*(h - n)


# form: two steps with +=
def dz(dhnew, n, h):
    d = -n*dhnew
    d += h*dhnew
    return d


# form: in float32 whatever the input
def dz(dhnew, n, h):
    return dhnew.float()*(h.float() - n.float())
