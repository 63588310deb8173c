import torch
import torch.nn.functional as F


def inputs(seed, n=2, T=6, d=4, d_v=3):
    g = torch.Generator().manual_seed(seed)
    return {
        'q': torch.randn(n, T, d, generator=g),
        'k': torch.randn(n, T, d, generator=g),
        'v': torch.randn(n, T, d_v, generator=g),
    }


def phi(x):
    return F.elu(x) + 1


def forward(q, k, v, eps=1e-6):
    """Causal linear attention: a running sum of outer products instead of a T x T table."""
    n, T, d = q.shape
    fq = phi(q)
    fk = phi(k)
    S = torch.zeros(n, d, v.shape[2])
    z = torch.zeros(n, d)
    out = torch.zeros_like(v)
    for t in range(T):
        S = S + fk[:, t, :, None] * v[:, t, None, :]
        z = z + fk[:, t]
        num = (fq[:, t, :, None] * S).sum(1)
        den = (fq[:, t] * z).sum(1, keepdim=True) + eps
        out[:, t] = num / den
    return locals()
