# form: einsum
def datt(datty, v, n, T, n_head, hs):
    return torch.einsum('nthc,nhsc->nhts', datty.view(n, T, n_head, hs), v)


# form: unflatten
def datt(datty, v, n_head):
    return datty.unflatten(2, (n_head, -1)).transpose(1, 2) @ v.mT


# form: the transpose of the other product
def datt(datty, v, n, T, n_head, hs):
    dy = datty.view(n, T, n_head, hs).transpose(1, 2)
    return (v @ dy.mT).mT
