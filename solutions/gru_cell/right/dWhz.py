# form: transposed by dimension
def dWhz(dza, h):
    return h.transpose(0, 1) @ dza


# form: einsum
def dWhz(dza, h):
    return torch.einsum('ni,nj->ij', h, dza)


# form: the transpose of the other product
def dWhz(dza, h):
    return (dza.T @ h).T
