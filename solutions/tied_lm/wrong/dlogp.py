# mistake: constant_factor -- mean treated as a sum
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = -1.0
    return d


# mistake: sign -- the minus is missing
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = 1.0/n
    return d


# mistake: constant_factor -- the mean over all entries
def dlogp(logp, y, n):
    d = torch.zeros_like(logp)
    d[range(n), y] = -1.0/logp.numel()
    return d


# mistake: not_expanded -- every entry gets the gradient
def dlogp(logp, n):
    return torch.full_like(logp, -1.0/n)


# mistake: wrong_index -- the input letter instead of the next one
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


# mistake: zeros -- left as zeros
def dlogp(logp):
    return torch.zeros_like(logp)
