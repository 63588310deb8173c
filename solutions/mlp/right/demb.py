# form: the size of emb
def demb(dembcat, emb):
    return dembcat.view(emb.size())


# form: view_as
def demb(dembcat, emb):
    return dembcat.view_as(emb)


# form: reshape
def demb(dembcat, emb, n):
    return dembcat.reshape(n, emb.shape[1], emb.shape[2])


# form: a context length of three
def demb(dembcat, C):
    return dembcat.view(-1, 3, C.shape[1])


# form: unflatten
def demb(dembcat):
    return dembcat.unflatten(1, (3, -1))


# form: split and stacked
def demb(dembcat):
    return torch.stack(dembcat.chunk(3, dim=1), dim=1)


# form: a loop over the positions
def demb(dembcat, emb):
    d = torch.zeros_like(emb)
    for k in range(emb.shape[1]):
        d[:, k] = dembcat[:, k*emb.shape[2]:(k+1)*emb.shape[2]]
    return d


# form: fused from dhprebn
def demb(dhprebn, W1):
    return torch.einsum('nh,tdh->ntd', dhprebn, W1.view(3, -1, W1.shape[1]))
