# form: a double loop
def dwte(dtok, idx, wte):
    d = torch.zeros_like(wte)
    for k in range(idx.shape[0]):
        for t in range(idx.shape[1]):
            d[idx[k, t]] += dtok[k, t]
    return d


# form: index_put with accumulate
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_put_((idx,), dtok, accumulate=True)


# form: scatter_add
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).scatter_add(0, idx.view(-1, 1).expand(-1, wte.shape[1]), dtok.view(-1, wte.shape[1]))


# form: one-hot rows, a matrix product
def dwte(dtok, idx, wte):
    return F.one_hot(idx.view(-1), wte.shape[0]).to(dtok.dtype).T @ dtok.view(-1, wte.shape[1])


# form: one-hot rows, einsum
def dwte(dtok, idx, wte):
    return torch.einsum('ntv,ntc->vc', F.one_hot(idx, wte.shape[0]).to(dtok.dtype), dtok)


# form: one mask per letter
def dwte(dtok, idx, wte):
    return torch.stack([dtok[idx == v].sum(0) for v in range(wte.shape[0])])


# form: position by position
def dwte(dtok, idx, wte):
    d = torch.zeros_like(wte)
    for t in range(idx.shape[1]):
        d.index_add_(0, idx[:, t], dtok[:, t])
    return d


# form: straight from cot
def dwte(cot, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx.view(-1), cot.view(-1, wte.shape[1]))
