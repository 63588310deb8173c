import torch


def inputs(seed, n=8, m=6, d=5, k=3):
    g = torch.Generator().manual_seed(seed)
    anchor = torch.randn(n, d, generator=g)
    positive = anchor + 0.5 * torch.randn(n, d, generator=g)
    candidates = torch.randn(m, d, generator=g)
    W = torch.randn(d, k, generator=g) / d**0.5
    return {'anchor': anchor, 'positive': positive, 'candidates': candidates, 'W': W}


def forward(anchor, positive, candidates, W, margin=1.0):
    """The triplet loss with the two hardest negatives for each anchor."""
    embed = lambda x: x @ W
    a, p, c = embed(anchor), embed(positive), embed(candidates)
    d_pos = (a - p).pow(2).sum(1)
    d_all = (a[:, None] - c[None]).pow(2).sum(2)
    d_neg, hardest = d_all.topk(2, dim=1, largest=False)
    loss = torch.clamp(d_pos[:, None] - d_neg + margin, min=0).mean()
    return locals()
