import torch
import torch.nn.functional as F


def inputs(seed, n=12, d=6, labels=5):
    """Multi-label classification where positives are rare."""
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    W = torch.randn(d, labels, generator=g) * d ** -0.5
    b = torch.randn(labels, generator=g) * 0.1
    y = torch.rand(n, labels, generator=g).lt(0.2).float()
    pos_weight = 1 + 4 * torch.rand(labels, generator=g)
    return {"x": x, "W": W, "b": b, "y": y, "pos_weight": pos_weight}


def forward(x, W, b, y, pos_weight):
    logits = x @ W + b
    loss = F.binary_cross_entropy_with_logits(logits, y, pos_weight=pos_weight)
    return locals()
