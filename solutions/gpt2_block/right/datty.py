# form: einsum
def datty(dattproj, attprojw):
    return torch.einsum('ntj,ji->nti', dattproj, attprojw)


# form: F.linear, which transposes its weights
def datty(dattproj, attprojw):
    return F.linear(dattproj, attprojw.T)


# form: flattened to one table of tokens
def datty(dattproj, attprojw, atty):
    return (dattproj.flatten(0, 1) @ attprojw).view(atty.shape)
