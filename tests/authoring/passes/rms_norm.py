import torch


def inputs(seed, batch=5, dim=12):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(batch, dim, generator=g)
    weight = torch.ones(dim)
    return {"x": x, "weight": weight}


def _norm(x, eps=1e-6):
    return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)


def forward(x, weight):
    normed = _norm(x)
    out = normed * weight
    return locals()
