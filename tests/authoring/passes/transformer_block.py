"""A transformer block with pre-norm: x + attention(norm(x)), then + mlp(norm(...))."""

import math

import torch
import torch.nn.functional as F


def inputs(seed, B=2, T=4, C=6, hidden=10):
    g = torch.Generator().manual_seed(seed)
    randn = lambda *shape: torch.randn(*shape, generator=g)
    return {
        'x': randn(B, T, C),
        'ln1_w': 1 + 0.1 * randn(C),
        'ln1_b': 0.1 * randn(C),
        'Wq': randn(C, C) / math.sqrt(C),
        'Wk': randn(C, C) / math.sqrt(C),
        'Wv': randn(C, C) / math.sqrt(C),
        'Wo': randn(C, C) / math.sqrt(C),
        'ln2_w': 1 + 0.1 * randn(C),
        'ln2_b': 0.1 * randn(C),
        'W1': randn(C, hidden) / math.sqrt(C),
        'b1': 0.1 * randn(hidden),
        'W2': randn(hidden, C) / math.sqrt(hidden),
        'b2': 0.1 * randn(C),
    }


def layer_norm(x, w, b, eps=1e-5):
    mu = x.mean(-1, keepdim=True)
    var = x.var(-1, keepdim=True, unbiased=False)
    return (x - mu) / torch.sqrt(var + eps) * w + b


def forward(x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    B, T, C = x.shape

    # attention
    h = layer_norm(x, ln1_w, ln1_b)
    q, k, v = h @ Wq, h @ Wk, h @ Wv
    att = q @ k.transpose(-2, -1) / math.sqrt(C)
    mask = torch.tril(torch.ones(T, T))
    att = att.masked_fill(mask == 0, float('-inf'))
    att = F.softmax(att, dim=-1)
    x = x + att @ v @ Wo

    # feed-forward
    h = layer_norm(x, ln2_w, ln2_b)
    h = F.relu(h @ W1 + b1)
    x = x + h @ W2 + b2
    out = x
    return locals()
