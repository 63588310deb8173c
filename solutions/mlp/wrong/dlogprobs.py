# mistake: sign -- the minus of the loss is missing
def dlogprobs(logprobs, Yb, n):
    d = torch.zeros_like(logprobs)
    d[range(n), Yb] = 1.0/n
    return d


# mistake: constant_factor -- mean treated as a sum: 1/n is missing
def dlogprobs(logprobs, Yb, n):
    d = torch.zeros_like(logprobs)
    d[range(n), Yb] = -1.0
    return d


# mistake: constant_factor -- divided by the number of entries, not by the n that were read
def dlogprobs(logprobs, Yb, n):
    d = torch.zeros_like(logprobs)
    d[range(n), Yb] = -1.0/logprobs.numel()
    return d


# mistake: constant_factor -- n-1 instead of n
def dlogprobs(logprobs, Yb, n):
    d = torch.zeros_like(logprobs)
    d[range(n), Yb] = -1.0/(n-1)
    return d


# mistake: wrong_index -- the gradient of every entry, not only of the targets
def dlogprobs(logprobs, n):
    return torch.full_like(logprobs, -1.0/n)


# mistake: wrong_index -- all rows at all target columns: a colon instead of range(n)
def dlogprobs(logprobs, Yb, n):
    d = torch.zeros_like(logprobs)
    d[:, Yb] = -1.0/n
    return d


# mistake: wrong_index -- at the largest log probability instead of the target
def dlogprobs(logprobs, n):
    return -F.one_hot(logprobs.argmax(1), logprobs.shape[1])*(1.0/n)


# mistake: wrong_index -- the last context character instead of the target
def dlogprobs(logprobs, Xb, n):
    d = torch.zeros_like(logprobs)
    d[range(n), Xb[:, -1]] = -1.0/n
    return d


# mistake: zeros -- left as zeros
def dlogprobs(logprobs):
    return torch.zeros_like(logprobs)


# mistake: hard_coded -- 32 instead of n
def dlogprobs(logprobs, Yb, n):
    d = torch.zeros_like(logprobs)
    d[range(n), Yb] = -1.0/32
    return d


# mistake: hard_coded -- 27 classes
def dlogprobs(Yb, n):
    return F.one_hot(Yb, 27)*(-1.0/n)


# mistake: hard_coded -- a hard-coded shape
def dlogprobs(Yb):
    d = torch.zeros(32, 27)
    d[range(32), Yb] = -1.0/32
    return d


# mistake: wrong_dtype -- integers, before any division
def dlogprobs(Yb, logprobs):
    return -F.one_hot(Yb, logprobs.shape[1])


# mistake: wrong_dtype -- float64, from dtype=torch.float64
def dlogprobs(Yb, logprobs, n):
    return F.one_hot(Yb, logprobs.shape[1]).to(torch.float64)*(-1.0/n)


# mistake: wrong_index -- only the targets, as a column
def dlogprobs(n):
    return torch.full((n, 1), -1.0/n)
