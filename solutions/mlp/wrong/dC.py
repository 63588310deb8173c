# mistake: repeated_index -- fancy += keeps only one of the rows that share a character
def dC(demb, C, Xb):
    d = torch.zeros_like(C)
    d[Xb] += demb
    return d


# mistake: repeated_index -- assigned, so the last one wins
def dC(demb, C, Xb):
    d = torch.zeros_like(C)
    for k in range(Xb.shape[0]):
        for j in range(Xb.shape[1]):
            d[Xb[k, j]] = demb[k, j]
    return d


# mistake: repeated_index -- index_put without accumulate
def dC(demb, Xb, C):
    return torch.zeros_like(C).index_put((Xb,), demb)


# mistake: repeated_index -- index_copy
def dC(demb, C, Xb):
    return torch.zeros_like(C).index_copy(0, Xb.view(-1), demb.view(-1, C.shape[1]))


# mistake: repeated_index -- scatter instead of scatter_add
def dC(demb, C, Xb):
    return torch.zeros_like(C).scatter(0, Xb.view(-1, 1).expand(-1, C.shape[1]), demb.view(-1, C.shape[1]))


# mistake: constant_factor -- the mean of the rows that share a character
def dC(demb, C, Xb):
    return torch.zeros_like(C).index_reduce(0, Xb.view(-1), demb.view(-1, C.shape[1]), 'mean', include_self=False)


# mistake: wrong_index -- the first position only
def dC(demb, Xb, C):
    return torch.zeros_like(C).index_add(0, Xb[:, 0], demb[:, 0])


# mistake: wrong_index -- the last position only
def dC(demb, Xb, C):
    return torch.zeros_like(C).index_add(0, Xb[:, -1], demb[:, -1])


# mistake: wrong_index -- the target instead of the context
def dC(demb, C, Yb, Xb):
    d = torch.zeros_like(C)
    for j in range(Xb.shape[1]):
        d.index_add_(0, Yb, demb[:, j])
    return d


# mistake: wrong_index -- character 0 left out, as if it were padding
def dC(demb, C, Xb):
    d = torch.zeros_like(C).index_add(0, Xb.view(-1), demb.view(-1, C.shape[1]))
    d[0] = 0
    return d


# mistake: wrong_index -- the last example left out
def dC(demb, C, Xb):
    d = torch.zeros_like(C)
    for k in range(Xb.shape[0] - 1):
        for j in range(Xb.shape[1]):
            d[Xb[k, j]] += demb[k, j]
    return d


# mistake: hard_coded -- 32 examples
def dC(demb, C, Xb, n):
    d = torch.zeros_like(C)
    for k in range(32):
        for j in range(3):
            d[Xb[k % n, j]] += demb[k % n, j]
    return d


# mistake: hard_coded -- 27 characters
def dC(demb, C, Xb):
    return F.one_hot(Xb.view(-1), 27).to(demb.dtype).T @ demb.view(-1, C.shape[1])


# mistake: hard_coded -- 10 numbers per character
def dC(demb, C, Xb):
    return torch.zeros_like(C).index_add(0, Xb.view(-1), demb.view(-1, 10))


# mistake: permuted -- indices transposed, rows not
def dC(demb, C, Xb):
    return torch.zeros_like(C).index_add(0, Xb.T.reshape(-1), demb.reshape(-1, C.shape[1]))


# mistake: not_summed -- one row per position
def dC(demb):
    return demb.clone()


# mistake: sign -- an extra minus
def dC(demb, C, Xb):
    return -torch.zeros_like(C).index_add(0, Xb.view(-1), demb.view(-1, C.shape[1]))


# mistake: wrong_operand -- starts from C instead of zeros
def dC(demb, C, Xb):
    return C.index_add(0, Xb.view(-1), demb.view(-1, C.shape[1]))


# mistake: upstream_unused -- the counts of the characters
def dC(C, Xb):
    return torch.bincount(Xb.view(-1), minlength=C.shape[0])[:, None]*torch.ones_like(C)


# mistake: transposed -- transposed
def dC(demb, C, Xb):
    return torch.zeros_like(C).index_add(0, Xb.view(-1), demb.view(-1, C.shape[1])).T


# mistake: float32_pinned -- the last one wins, in float32
def dC(demb, Xb, C):
    return torch.zeros_like(C).float().index_put((Xb,), demb.float())


# mistake: zeros -- left as zeros
def dC(C):
    return torch.zeros_like(C)
