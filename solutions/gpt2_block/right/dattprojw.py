# form: einsum
def dattprojw(dattproj, atty):
    return torch.einsum('ntj,nti->ji', dattproj, atty)


# form: one product per example, then the sum
def dattprojw(dattproj, atty):
    return (dattproj.transpose(1, 2) @ atty).sum(0)


# form: the transpose of the other product
def dattprojw(dattproj, atty):
    return (atty.flatten(0, 1).T @ dattproj.flatten(0, 1)).T
