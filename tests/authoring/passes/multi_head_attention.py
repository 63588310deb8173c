import torch


def inputs(seed, n=2, T=5, d=12, n_head=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, T, d, generator=g)
    Wqkv = torch.randn(d, 3 * d, generator=g) / d**0.5
    bqkv = torch.randn(3 * d, generator=g) * 0.1
    Wo = torch.randn(d, d, generator=g) / d**0.5
    bo = torch.randn(d, generator=g) * 0.1
    return dict(x=x, Wqkv=Wqkv, bqkv=bqkv, Wo=Wo, bo=bo, n_head=n_head)


def forward(x, Wqkv, bqkv, Wo, bo, n_head):
    n, T, d = x.shape
    assert d % n_head == 0, 'the heads must share the width evenly'
    hs = d // n_head
    qkv = x @ Wqkv + bqkv
    q, k, v = qkv.split(d, dim=2)
    q = q.view(n, T, n_head, hs).transpose(1, 2)  # (n, n_head, T, hs)
    k = k.view(n, T, n_head, hs).transpose(1, 2)
    v = v.view(n, T, n_head, hs).transpose(1, 2)
    att = (q @ k.transpose(-2, -1)) * (1.0 / hs**0.5)
    att = att.masked_fill(torch.tril(torch.ones(T, T)) == 0, float('-inf'))
    att = torch.softmax(att, dim=-1)
    y = att @ v
    y = y.transpose(1, 2).contiguous().view(n, T, d)
    out = y @ Wo + bo
    return locals()
