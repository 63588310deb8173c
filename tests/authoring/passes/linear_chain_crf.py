import torch


def inputs(seed, n=3, T=5, d=4, K=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, T, d, generator=g)
    y = torch.randint(0, K, (n, T), generator=g)
    W = torch.randn(d, K, generator=g)
    trans = torch.randn(K, K, generator=g)
    return {'x': x, 'y': y, 'W': W, 'trans': trans}


def forward(x, y, W, trans):
    n, T, _ = x.shape
    emissions = x @ W

    # score of the given tags
    score = emissions.gather(2, y[:, :, None]).squeeze(2).sum(1)
    score = score + trans[y[:, :-1], y[:, 1:]].sum(1)

    # log of the sum over all tag sequences
    alpha = emissions[:, 0]
    for t in range(1, T):
        inner = alpha[:, :, None] + trans[None] + emissions[:, t, None, :]
        alpha = torch.logsumexp(inner, dim=1)
    log_Z = torch.logsumexp(alpha, dim=1)

    loss = (log_Z - score).mean()
    return locals()
