# form: einsum
def dfcw(dfch, ln2):
    return torch.einsum('ntj,nti->ji', dfch, ln2)


# form: one product per example, then the sum
def dfcw(dfch, ln2):
    return (dfch.transpose(1, 2) @ ln2).sum(0)


# form: the transpose of the other product
def dfcw(dfch, ln2):
    return (ln2.flatten(0, 1).T @ dfch.flatten(0, 1)).T
