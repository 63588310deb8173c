# form: transposed by dimension
def dWxn(dna, x):
    return x.transpose(0, 1) @ dna


# form: einsum
def dWxn(dna, x):
    return torch.einsum('ni,nj->ij', x, dna)


# form: the transpose of the other product
def dWxn(dna, x):
    return (dna.T @ x).T
