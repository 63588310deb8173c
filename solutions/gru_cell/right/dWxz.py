# form: transposed by dimension
def dWxz(dza, x):
    return x.transpose(0, 1) @ dza


# form: einsum
def dWxz(dza, x):
    return torch.einsum('ni,nj->ij', x, dza)


# form: the transpose of the other product
def dWxz(dza, x):
    return (dza.T @ x).T
