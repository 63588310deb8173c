# form: einsum
def dfcprojw(dfcproj, fch_gelu):
    return torch.einsum('ntj,nti->ji', dfcproj, fch_gelu)


# form: one product per example, then the sum
def dfcprojw(dfcproj, fch_gelu):
    return (dfcproj.transpose(1, 2) @ fch_gelu).sum(0)


# form: the transpose of the other product
def dfcprojw(dfcproj, fch_gelu):
    return (fch_gelu.flatten(0, 1).T @ dfcproj.flatten(0, 1)).T
