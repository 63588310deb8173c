# form: one sum after the other
def dattprojb(dattproj):
    return dattproj.sum(0).sum(0)


# form: flattened to one table of tokens
def dattprojb(dattproj):
    return dattproj.flatten(0, 1).sum(0)
