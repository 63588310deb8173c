# mistake: sign -- the minus is missing
def dvar(drstd, rstd):
    return drstd * 0.5 * rstd**3


# mistake: wrong_power -- squared instead of cubed
def dvar(drstd, rstd):
    return drstd * -0.5 * rstd**2
