# form: one sum after the other
def dfcprojb(dfcproj):
    return dfcproj.sum(0).sum(0)


# form: flattened to one table of tokens
def dfcprojb(dfcproj):
    return dfcproj.flatten(0, 1).sum(0)
