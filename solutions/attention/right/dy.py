# form: permute
def dy(dycat, n, T, n_head, hs):
    return dycat.view(n, T, n_head, hs).permute(0, 2, 1, 3)


# form: unflatten
def dy(dycat, n_head):
    return dycat.unflatten(2, (n_head, -1)).transpose(1, 2)


# form: head by head
def dy(dycat, n_head):
    return torch.stack(dycat.chunk(n_head, 2), 1)


# form: einsum
def dy(dycat, n_head):
    return torch.einsum('nthc->nhtc', dycat.unflatten(2, (n_head, -1)))
