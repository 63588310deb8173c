# form: transposed by dimension
def dWxr(dra, x):
    return x.transpose(0, 1) @ dra


# form: einsum
def dWxr(dra, x):
    return torch.einsum('ni,nj->ij', x, dra)


# form: the transpose of the other product
def dWxr(dra, x):
    return (dra.T @ x).T
