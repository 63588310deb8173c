# form: one-hot rows
def dlogp(dpicked, logp, safe):
    return F.one_hot(safe, logp.shape[1])*dpicked[:, None]


# form: scatter
def dlogp(dpicked, logp, safe):
    return torch.zeros_like(logp).scatter(1, safe[:, None], dpicked[:, None])


# form: index_put
def dlogp(dpicked, logp, safe, N):
    return torch.zeros_like(logp).index_put((torch.arange(N), safe), dpicked)


# form: token by token
def dlogp(dpicked, logp, safe, N):
    d = torch.zeros_like(logp)
    for k in range(N):
        d[k, safe[k]] = dpicked[k]
    return d


# form: a comparison with every class
def dlogp(dpicked, logp, safe):
    return (torch.arange(logp.shape[1]) == safe[:, None])*dpicked[:, None]
