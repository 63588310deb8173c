# form: transposed by dimension
def dWhn(dhh, h):
    return h.transpose(0, 1) @ dhh


# form: einsum
def dWhn(dhh, h):
    return torch.einsum('ni,nj->ij', h, dhh)


# form: the transpose of the other product
def dWhn(dhh, h):
    return (dhh.T @ h).T
