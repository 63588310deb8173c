# form: one sum after the other
def dqkvb(dqkv):
    return dqkv.sum(0).sum(0)


# form: flattened to one table of tokens
def dqkvb(dqkv):
    return dqkv.flatten(0, 1).sum(0)
