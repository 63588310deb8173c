# mistake: repeated_index -- overlapping patches overwrite each other
def dx(dout, x, w):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d[:, :, i:i + 3, j:j + 3] = torch.einsum('nk,kcab->ncab', dout[:, :, i, j], w)
    return d


# mistake: permuted -- the filter is flipped
def dx(dout, x, w):
    d = torch.zeros_like(x)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d[:, :, i:i + 3, j:j + 3] += torch.einsum('nk,kcab->ncab', dout[:, :, i, j], w.flip(2, 3))
    return d
