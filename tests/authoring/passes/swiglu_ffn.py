import torch
import torch.nn.functional as F


def inputs(seed, n=6, d=5, d_ff=7):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g)
    y = torch.randn(n, d, generator=g)
    W_gate = torch.randn(d, d_ff, generator=g) / d**0.5
    W_up = torch.randn(d, d_ff, generator=g) / d**0.5
    W_down = torch.randn(d_ff, d, generator=g) / d_ff**0.5
    return {'x': x, 'y': y, 'W_gate': W_gate, 'W_up': W_up, 'W_down': W_down}


def forward(x, y, W_gate, W_up, W_down):
    gate = F.silu(x @ W_gate)
    up = x @ W_up
    h = gate * up
    pred = h @ W_down
    loss = F.mse_loss(pred, y)
    loss += 0.01 * sum((W**2).sum() for W in (W_gate, W_up, W_down))  # weight decay
    return locals()
