import torch


def inputs(seed, batch=2, T=7, d=8):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, T, d, generator=g)
    Wq = torch.randn(d, d, generator=g) * d**-0.5
    Wk = torch.randn(d, d, generator=g) * d**-0.5
    Wv = torch.randn(d, d, generator=g) * d**-0.5
    return {'x': x, 'Wq': Wq, 'Wk': Wk, 'Wv': Wv}


def rotate_half(x):
    """Swap the two halves of the last dimension, one of them negated."""
    x1, x2 = x.chunk(2, dim=-1)
    return torch.cat([-x2, x1], dim=-1)


def forward(x, Wq, Wk, Wv, base=10000.0):
    T, d = x.shape[1:]
    # the tables of angles: position times frequency
    inv_freq = 1.0 / base ** (torch.arange(0, d, 2).float() / d)
    t = torch.arange(T).float()
    freqs = torch.outer(t, inv_freq)
    emb = torch.cat([freqs, freqs], dim=-1)
    cos, sin = emb.cos(), emb.sin()

    q = x @ Wq
    k = x @ Wk
    v = x @ Wv
    q_rot = q * cos + rotate_half(q) * sin
    k_rot = k * cos + rotate_half(k) * sin
    att = q_rot @ k_rot.transpose(-2, -1) / d**0.5
    att = att.softmax(-1)
    out = att @ v
    return locals()
