# form: index_add straight on top
def dwte(dencoded, dlogits, lnf, idx):
    return weights_of(dlogits, lnf).index_add(0, idx.flatten(), dencoded.flatten(0, 1))


# form: the lookup first
def dwte(dencoded, dlogits, lnf, idx, wte):
    d = torch.zeros_like(wte).index_put_((idx,), dencoded, accumulate=True)
    return d + torch.einsum('ntv,ntc->vc', dlogits, lnf)


# form: += token by token
def dwte(dencoded, dlogits, lnf, idx):
    d = weights_of(dlogits, lnf)
    for i, row in zip(idx.flatten(), dencoded.flatten(0, 1)):
        d[i] += row
    return d


# form: one-hot rows, a matrix product
def dwte(dencoded, dlogits, lnf, idx, wte):
    return weights_of(dlogits, lnf) + weights_of(F.one_hot(idx, wte.shape[0]).to(dencoded.dtype), dencoded)
