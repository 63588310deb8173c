import torch
import torch.nn.functional as F


def inputs(seed, n=9, d=7, c=4):
    g = torch.Generator().manual_seed(seed)
    feats = torch.randn(n, d, generator=g)
    W = torch.randn(c, d, generator=g)
    scale = torch.tensor(10.0)
    y = torch.randint(0, c, (n,), generator=g)
    return {"feats": feats, "W": W, "scale": scale, "y": y}


def forward(feats, W, scale, y):
    def unit(v, eps=1e-8):
        return v / (v.norm(dim=1, keepdim=True) + eps)

    f = unit(feats)
    w = unit(W)
    cos = f @ w.T
    logits = scale * cos
    loss = F.cross_entropy(logits, y)
    return locals()
