import torch
import torch.nn.functional as F


def inputs(seed, n=10, d=8, n_classes=6):
    g = torch.Generator().manual_seed(seed)
    h = torch.randn(n, d, generator=g)
    W = torch.randn(d, n_classes, generator=g) * 0.5
    y = torch.randint(0, n_classes, (n,), generator=g)
    return {'h': h, 'W': W, 'y': y}


def forward(h, W, y, smoothing: float = 0.1):
    n_classes = W.shape[1]
    logits = h @ W
    log_probs = F.log_softmax(logits, dim=-1)

    # smoothed targets: 1 - smoothing on the right class, the rest spread evenly
    with torch.no_grad():
        target = torch.full_like(log_probs, smoothing / (n_classes - 1))
        target.scatter_(1, y.unsqueeze(1), 1 - smoothing)

    loss = -(target * log_probs).sum(dim=-1).mean()
    return locals()
