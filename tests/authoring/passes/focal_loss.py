import torch
import torch.nn.functional as F


def inputs(seed, n=16, d=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    w = torch.randn(d, generator=g)
    b = torch.tensor(0.1)
    y = (torch.rand(n, generator=g) < 0.25).float()
    return {"x": x, "w": w, "b": b, "y": y}


def forward(x, w, b, y, alpha=0.25, gamma=2.0):
    """Focal loss for dense object detection (Lin et al., 2017), eq. 5."""
    logits = x @ w + b
    p = torch.sigmoid(logits)
    p_t = p * y + (1 - p) * (1 - y)
    alpha_t = alpha * y + (1 - alpha) * (1 - y)
    focal = (1 - p_t) ** gamma
    ce = -torch.log(p_t)
    loss = (alpha_t * focal * ce).mean()
    return locals()
