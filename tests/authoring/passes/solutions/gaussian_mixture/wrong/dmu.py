# mistake: sign -- the minus of the difference
def dmu(ddiff):
    return ddiff.sum(0)
