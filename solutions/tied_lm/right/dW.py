# form: transposed by dimension
def dW(dz, x):
    return x.transpose(0, 1) @ dz


# form: einsum
def dW(dz, x):
    return torch.einsum('ni,nj->ij', x, dz)


# form: fused with the lookup
def dW(dz, wte, idx):
    return wte[idx].T @ dz
