import torch


def inputs(seed, nodes=12, dim=5, ratio=0.5):
    """Graph U-Nets: keep the nodes with the highest scores."""
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(nodes, dim, generator=g)
    p = torch.randn(dim, generator=g)
    return {'X': X, 'p': p, 'k': max(1, int(ratio * nodes))}


def forward(X, p, k):
    score = X @ p / p.norm()
    top_score, idx = torch.topk(score, k)
    gate = torch.sigmoid(top_score)
    pooled = X[idx] * gate.unsqueeze(1)
    return locals()
