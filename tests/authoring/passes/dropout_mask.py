import torch
import torch.nn.functional as F


def inputs(seed, n=10, d=6, hidden=16, classes=3, p=0.4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    y = torch.randint(0, classes, (n,), generator=g)
    W1 = torch.randn(d, hidden, generator=g) * (2 / d)**0.5
    b1 = torch.zeros(hidden)
    W2 = torch.randn(hidden, classes, generator=g) * (1 / hidden)**0.5
    b2 = torch.zeros(classes)
    mask = (torch.rand(n, hidden, generator=g) > p).float()
    return {'x': x, 'y': y, 'W1': W1, 'b1': b1, 'W2': W2, 'b2': b2, 'mask': mask, 'p': p}


def forward(x, y, W1, b1, W2, b2, mask, p, train=True):
    h = F.relu(x @ W1 + b1)
    if train:
        h = h * mask / (1 - p)  # inverted dropout
    logits = h @ W2 + b2
    loss = F.cross_entropy(logits, y)
    return locals()
