# mistake: repeated_index -- fancy += keeps only one occurrence of a letter
def dwte(dtok, idx, wte):
    d = torch.zeros_like(wte)
    d[idx] += dtok
    return d


# mistake: repeated_index -- assigned, so the last place wins
def dwte(dtok, idx, wte):
    d = torch.zeros_like(wte)
    d[idx] = dtok
    return d


# mistake: repeated_index -- a loop that assigns
def dwte(dtok, idx, wte):
    d = torch.zeros_like(wte)
    for k in range(idx.shape[0]):
        for t in range(idx.shape[1]):
            d[idx[k, t]] = dtok[k, t]
    return d


# mistake: repeated_index -- index_put without accumulate
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_put((idx,), dtok)


# mistake: repeated_index -- scatter instead of scatter_add
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).scatter(0, idx.view(-1, 1).expand(-1, wte.shape[1]), dtok.view(-1, wte.shape[1]))


# mistake: constant_factor -- the mean over the occurrences of a letter
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_reduce(0, idx.view(-1), dtok.view(-1, wte.shape[1]), 'mean', include_self=False)


# mistake: wrong_index -- the letter . left out, as if it were padding
def dwte(dtok, idx, wte):
    d = torch.zeros_like(wte).index_add(0, idx.view(-1), dtok.view(-1, wte.shape[1]))
    d[0] = 0
    return d


# mistake: wrong_index -- the first position only
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx[:, 0], dtok[:, 0])


# mistake: wrong_index -- the last position only
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx[:, -1], dtok[:, -1])


# mistake: wrong_operand -- starts from the table instead of zeros, so unused rows are not zero
def dwte(dtok, idx, wte):
    return wte.index_add(0, idx.view(-1), dtok.view(-1, wte.shape[1]))


# mistake: permuted -- the letters transposed, the gradients not
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx.T.reshape(-1), dtok.reshape(-1, wte.shape[1]))


# mistake: not_summed -- one row per position
def dwte(dtok):
    return dtok.clone()


# mistake: upstream_unused -- how many times each letter occurs
def dwte(wte, idx):
    return torch.bincount(idx.view(-1), minlength=wte.shape[0])[:, None]*torch.ones_like(wte)


# mistake: hard_coded -- ten numbers per letter
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx.view(-1), dtok.view(-1, 10))


# mistake: hard_coded -- 27 letters
def dwte(dtok, idx):
    return F.one_hot(idx.view(-1), 27).to(dtok.dtype).T @ dtok.view(-1, dtok.shape[2])


# mistake: transposed -- transposed
def dwte(dtok, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx.view(-1), dtok.view(-1, wte.shape[1])).T


# mistake: sign -- a minus
def dwte(dtok, idx, wte):
    return -torch.zeros_like(wte).index_add(0, idx.view(-1), dtok.view(-1, wte.shape[1]))


# mistake: float32_pinned -- the last place wins, in float32
def dwte(dtok, idx, wte):
    d = torch.zeros(wte.shape, dtype=torch.float32)
    d[idx] = dtok.float()
    return d


# mistake: zeros -- left as zeros
def dwte(wte):
    return torch.zeros_like(wte)
