import torch


def inputs(seed, n=3, T=4, S=6, d=8, d_enc=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn((n, T, d), generator=g)
    memory = torch.randn((n, S, d_enc), generator=g)
    lengths = torch.randint(1, S + 1, (n,), generator=g)
    Wq = torch.randn((d, d), generator=g) / d**0.5
    Wk = torch.randn((d_enc, d), generator=g) / d_enc**0.5
    Wv = torch.randn((d_enc, d), generator=g) / d_enc**0.5
    Wo = torch.randn((d, d), generator=g) / d**0.5
    # 0 where there is a word, -1e4 where there is only padding
    padding = (torch.arange(S)[None, :] >= lengths[:, None]).float() * -1e4
    return {'x': x, 'memory': memory, 'padding': padding, 'Wq': Wq, 'Wk': Wk, 'Wv': Wv, 'Wo': Wo}


def forward(x, memory, padding, Wq, Wk, Wv, Wo):
    """The decoder's tokens look at the encoder's."""
    residual = x
    q = x @ Wq
    k = memory @ Wk
    v = memory @ Wv
    att = torch.einsum('ntd,nsd->nts', q, k) / q.shape[-1] ** 0.5
    att += padding[:, None, :]
    p = torch.softmax(att, dim=-1)
    context = torch.einsum('nts,nsd->ntd', p, v)
    out = residual + context @ Wo
    return locals()
