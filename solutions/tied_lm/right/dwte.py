# form: the lookup first
def dwte(dlogits, dx, h, idx, wte):
    d = torch.zeros_like(wte).index_put((idx,), dx, accumulate=True)
    d += dlogits.T @ h
    return d


# form: += row by row
def dwte(dlogits, dx, h, idx):
    d = dlogits.T @ h
    for k, i in enumerate(idx):
        d[i] += dx[k]
    return d


# form: index_add straight on top
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dx)


# form: one-hot rows, a matrix product
def dwte(dlogits, dx, h, idx, wte):
    return dlogits.T @ h + F.one_hot(idx, wte.shape[0]).to(dx.dtype).T @ dx


# form: einsum and scatter_add
def dwte(dlogits, dx, h, idx):
    return torch.einsum('nv,nc->vc', dlogits, h).scatter_add(0, idx[:, None].expand_as(dx), dx)


# form: in float32 whatever the input
def dwte(dlogits, dx, h, idx):
    return (dlogits.float().T @ h.float()).index_add(0, idx, dx.float())
