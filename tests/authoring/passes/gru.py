import torch
import torch.nn.functional as F
from dataclasses import dataclass


@dataclass
class Params:
    Wr: torch.Tensor
    Wz: torch.Tensor
    Wn: torch.Tensor
    Ur: torch.Tensor
    Uz: torch.Tensor
    Un: torch.Tensor


def inputs(seed, n=3, T=4, n_in=4, n_hidden=5):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, T, n_in, generator=g)
    y = torch.randn(n, n_hidden, generator=g)
    Ws = [torch.randn(n_in, n_hidden, generator=g) / n_in**0.5 for _ in range(3)]
    Us = [torch.randn(n_hidden, n_hidden, generator=g) / n_hidden**0.5 for _ in range(3)]
    return {'x': x, 'y': y, 'params': Params(*Ws, *Us)}


def forward(x, y, params):
    n, T, _ = x.shape
    h = torch.zeros(n, params.Ur.shape[0])
    for t in range(T):
        xt = x[:, t]
        r = torch.sigmoid(xt @ params.Wr + h @ params.Ur)
        z = torch.sigmoid(xt @ params.Wz + h @ params.Uz)
        cand = torch.tanh(xt @ params.Wn + (r * h) @ params.Un)
        h = (1 - z) * h + z * cand
    loss = F.mse_loss(h, y)
    return locals()
