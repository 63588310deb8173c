import torch
import torch.nn.functional as F


def inputs(seed, n=16, d=9, k=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    w0 = torch.zeros(1)
    w = torch.randn(d, generator=g) * 0.1
    V = torch.randn(d, k, generator=g) * 0.3
    y = (torch.rand(n, generator=g) < 0.5).float()
    return {'x': x, 'w0': w0, 'w': w, 'V': V, 'y': y}


def forward(x, w0, w, V, y, weight_decay=1e-3):
    linear = w0 + x @ w
    # sum over i < j of <v_i, v_j> x_i x_j
    pairs = torch.triu(V @ V.T, diagonal=1)
    interactions = torch.einsum('ni,ij,nj->n', x, pairs, x)
    logit = linear + interactions
    loss = F.binary_cross_entropy_with_logits(logit, y)
    loss = loss + weight_decay * (w.pow(2).sum() + V.pow(2).sum())
    return locals()
