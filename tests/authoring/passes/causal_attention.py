"""Scaled dot-product attention with a causal mask."""

import math

import torch
import torch.nn.functional as F


def inputs(seed, n=3, T=6, d=5):
    g = torch.Generator().manual_seed(seed)
    q = torch.randn(n, T, d, generator=g)
    k = torch.randn(n, T, d, generator=g)
    v = torch.randn(n, T, d, generator=g)
    return {'q': q, 'k': k, 'v': v}


def forward(q, k, v):
    n, T, d = q.shape
    scores = q @ k.transpose(1, 2) / math.sqrt(d)
    mask = torch.triu(torch.ones(T, T, dtype=torch.bool), diagonal=1)
    masked = scores.masked_fill(mask, float('-inf'))  # no token sees a later one
    p = F.softmax(masked, dim=-1)
    out = p @ v
    return locals()
