# form: one sum after the other
def dfcb(dfch):
    return dfch.sum(0).sum(0)


# form: flattened to one table of tokens
def dfcb(dfch):
    return dfch.flatten(0, 1).sum(0)
