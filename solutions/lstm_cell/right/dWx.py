# form: transposed by dimension
def dWx(dgates, x):
    return x.transpose(0, 1) @ dgates


# form: einsum
def dWx(dgates, x):
    return torch.einsum('ni,nj->ij', x, dgates)


# form: the transpose of the other product
def dWx(dgates, x):
    return (dgates.T @ x).T


# form: gate by gate
def dWx(dgi, dgf, dgg, dgo, x):
    return torch.cat([x.T @ dgi, x.T @ dgf, x.T @ dgg, x.T @ dgo], 1)
