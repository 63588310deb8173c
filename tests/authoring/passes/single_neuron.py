"""One sigmoid neuron, as in lecture 1."""
import torch


def inputs(seed, n_inputs=3):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n_inputs, generator=g)
    w = torch.randn(n_inputs, generator=g)
    b = torch.randn(1, generator=g)
    return {"x": x, "w": w, "b": b, "target": torch.tensor(0.5)}


def forward(x, w, b, target):
    z = (w * x).sum() + b      # pre-activation
    a = 1 / (1 + torch.exp(-z))
    err = a - target
    loss = 0.5 * (err ** 2).sum()
    return locals()
