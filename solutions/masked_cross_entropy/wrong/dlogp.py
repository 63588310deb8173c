# mistake: upstream_unused -- a constant: ignored tokens get a gradient as well
def dlogp(logp, safe, active, N):
    d = torch.zeros_like(logp)
    d[range(N), safe] = -1.0/active.sum()
    return d


# mistake: not_expanded -- the column over all classes
def dlogp(dpicked, logp):
    return dpicked[:, None].expand_as(logp)


# mistake: unknown -- a vector
def dlogp(dpicked):
    return dpicked.clone()


# mistake: wrong_index -- the class of the previous token
def dlogp(dpicked, logp, safe, N):
    d = torch.zeros_like(logp)
    d[range(N), safe.roll(1)] = dpicked
    return d


# mistake: wrong_index -- every column of the targets in every row
def dlogp(dpicked, logp, safe):
    d = torch.zeros_like(logp)
    d[:, safe] = dpicked
    return d


# mistake: wrong_index -- the most likely class instead of the target
def dlogp(dpicked, logp, N):
    d = torch.zeros_like(logp)
    d[range(N), logp.argmax(1)] = dpicked
    return d


# mistake: other_gradient -- dlosses instead of dpicked
def dlogp(dlosses, logp, safe, N):
    d = torch.zeros_like(logp)
    d[range(N), safe] = -dlosses
    return d


# mistake: wrong_operand -- times logp
def dlogp(dpicked, logp, safe):
    return F.one_hot(safe, logp.shape[1])*dpicked[:, None]*logp


# mistake: wrong_operand -- starts from logp instead of zeros
def dlogp(dpicked, logp, safe, N):
    logp[range(N), safe] = dpicked
    return logp


# mistake: sign -- a minus
def dlogp(dpicked, logp, safe):
    return -F.one_hot(safe, logp.shape[1])*dpicked[:, None]


# mistake: hard_coded -- 27 classes
def dlogp(dpicked, safe):
    return F.one_hot(safe, 27)*dpicked[:, None]


# mistake: zeros -- left as zeros
def dlogp(logp):
    return torch.zeros_like(logp)
