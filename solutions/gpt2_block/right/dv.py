# form: einsum
def dv(datty, att, n, T, n_head, hs):
    return torch.einsum('nhts,nthc->nhsc', att, datty.view(n, T, n_head, hs))


# form: transpose of the last two
def dv(datty, att, n_head):
    return att.mT @ datty.unflatten(2, (n_head, -1)).transpose(1, 2)
