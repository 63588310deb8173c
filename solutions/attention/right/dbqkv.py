# form: one sum after the other
def dbqkv(dqkv):
    return dqkv.sum(1).sum(0)


# form: flattened to one table of tokens
def dbqkv(dqkv):
    return dqkv.flatten(0, 1).sum(0)


# form: einsum
def dbqkv(dqkv):
    return torch.einsum('ntc->c', dqkv)
