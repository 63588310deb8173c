# mistake: wrong_index -- only the last patch
def dw(dout, x, w):
    d = torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d = torch.einsum('nk,ncab->kcab', dout[:, :, i, j], x[:, :, i:i + 3, j:j + 3])
    return d


# mistake: constant_factor -- averaged over the batch
def dw(dout, x, w):
    d = torch.zeros_like(w)
    for i in range(dout.shape[2]):
        for j in range(dout.shape[3]):
            d += torch.einsum('nk,ncab->kcab', dout[:, :, i, j], x[:, :, i:i + 3, j:j + 3])
    return d / x.shape[0]
