import math

import torch


def inputs(seed, n=3, T=6, d=8, vocab=11):
    g = torch.Generator().manual_seed(seed)
    idx = torch.randint(0, vocab, (n, T), generator=g)
    emb = torch.randn(vocab, d, generator=g)
    W = torch.randn(d, d, generator=g) / math.sqrt(d)
    return {'idx': idx, 'emb': emb, 'W': W}


def forward(idx, emb, W):
    d = emb.shape[1]
    T = idx.shape[1]
    # the table of "Attention Is All You Need"
    position = torch.arange(T).unsqueeze(1)
    div_term = torch.exp(torch.arange(0, d, 2) * (-math.log(10000.0) / d))
    pe = torch.zeros(T, d)
    pe[:, 0::2] = torch.sin(position * div_term)
    pe[:, 1::2] = torch.cos(position * div_term)

    tok = emb[idx] * math.sqrt(d)
    h = tok + pe
    out = torch.tanh(h @ W)
    return locals()
