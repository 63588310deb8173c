import torch


def inputs(seed, n_ratings=30, n_users=6, n_items=8, rank=4):
    g = torch.Generator().manual_seed(seed)
    user = torch.randint(0, n_users, (n_ratings,), generator=g)
    item = torch.randint(0, n_items, (n_ratings,), generator=g)
    rating = torch.randint(1, 6, (n_ratings,), generator=g).float()
    P = torch.randn(n_users, rank, generator=g) * 0.5
    Q = torch.randn(n_items, rank, generator=g) * 0.5
    bu = torch.randn(n_users, generator=g) * 0.1
    bi = torch.randn(n_items, generator=g) * 0.1
    mu = rating.mean()
    return {'user': user, 'item': item, 'rating': rating, 'P': P, 'Q': Q, 'bu': bu, 'bi': bi, 'mu': mu}


def forward(user, item, rating, P, Q, bu, bi, mu, lam=0.02):
    p, q = P[user], Q[item]
    pred = mu + bu[user] + bi[item] + (p * q).sum(1)
    err = rating - pred
    mse = (err**2).mean()
    reg = 0
    for t in (p, q):
        reg += (t**2).sum(1).mean()
    loss = mse + lam * reg
    return locals()
