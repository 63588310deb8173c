import torch


def inputs(seed, n=2, T=4, n_kv=2, group=3, hs=4):
    """Every group of `group` query heads shares one head of keys and values."""
    g = torch.Generator().manual_seed(seed)
    d = n_kv * group * hs
    x = torch.randn(n, T, d, generator=g)
    Wq = torch.randn(d, d, generator=g) * d**-0.5
    Wk = torch.randn(d, n_kv * hs, generator=g) * d**-0.5
    Wv = torch.randn(d, n_kv * hs, generator=g) * d**-0.5
    Wo = torch.randn(d, d, generator=g) * d**-0.5
    return {'x': x, 'Wq': Wq, 'Wk': Wk, 'Wv': Wv, 'Wo': Wo, 'n_kv': n_kv, 'hs': hs}


def forward(x, Wq, Wk, Wv, Wo, n_kv, hs):
    n, T, d = x.shape
    n_head = d // hs
    q = (x @ Wq).view(n, T, n_head, hs).transpose(1, 2)
    k = (x @ Wk).view(n, T, n_kv, hs).transpose(1, 2)
    v = (x @ Wv).view(n, T, n_kv, hs).transpose(1, 2)
    if (n_rep := n_head // n_kv) > 1:
        k = k.repeat_interleave(n_rep, dim=1)
        v = v.repeat_interleave(n_rep, dim=1)
    scores = q @ k.transpose(2, 3) / hs**0.5
    probs = torch.softmax(scores, dim=-1)
    y = probs @ v
    y_cat = y.transpose(1, 2).reshape(n, T, d)
    out = y_cat @ Wo
    return locals()
