# form: einsum
def datty(dattproj, attprojw):
    return torch.einsum('ntj,ji->nti', dattproj, attprojw)


# form: F.linear, which turns its weights
def datty(dattproj, attprojw):
    return F.linear(dattproj, attprojw.T)


# form: one long table of tokens
def datty(dattproj, attprojw, atty):
    return (dattproj.flatten(0, 1) @ attprojw).view(atty.shape)
