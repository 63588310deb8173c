# form: transposed by dimension
def dx(dz, W):
    return dz @ W.transpose(0, 1)


# form: einsum
def dx(dz, W):
    return torch.einsum('nj,ij->ni', dz, W)


# form: fused with the tanh
def dx(dh, h, W):
    return (dh*(1 - h**2)) @ W.T
