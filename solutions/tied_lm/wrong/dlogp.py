# mistake: constant_factor -- the mean taken for a sum
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = -1.0
    return d


# mistake: sign -- the minus is forgotten
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = 1.0/n
    return d


# mistake: constant_factor -- the mean over all entries
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = -1.0/logp.numel()
    return d


# mistake: not_expanded -- every entry gets it
def dlogp(logp, n):
    return torch.full_like(logp, -1.0/n)


# mistake: wrong_index -- the letter that was read for the one to come
def dlogp(logp, idx, n):
    d = torch.zeros_like(logp)
    d[range(n), idx] = -1.0/n
    return d


# mistake: wrong_index -- all targets in every row
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[:, y] = -1.0/n
    return d


# mistake: hard_coded -- 32 examples
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = -1.0/32
    return d


# mistake: zeros -- nothing is filled in
def dlogp(logp):
    return torch.zeros_like(logp)
