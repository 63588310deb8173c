# form: transposed by dimension
def dWhr(dra, h):
    return h.transpose(0, 1) @ dra


# form: einsum
def dWhr(dra, h):
    return torch.einsum('ni,nj->ij', h, dra)


# form: the transpose of the other product
def dWhr(dra, h):
    return (dra.T @ h).T
