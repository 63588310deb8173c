from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class Params:
    W1: Tensor
    b1: Tensor
    W2: Tensor
    b2: Tensor


def inputs(seed: int, n: int = 11, n_in: int = 4, n_hidden: int = 9):
    g = torch.Generator().manual_seed(seed)
    params = Params(
        W1=torch.randn(n_in, n_hidden, generator=g) / n_in**0.5,
        b1=torch.randn(n_hidden, generator=g) * 0.01,
        W2=torch.randn(n_hidden, 1, generator=g) / n_hidden**0.5,
        b2=torch.zeros(1),
    )
    X = torch.randn(n, n_in, generator=g)
    y = torch.randn(n, generator=g)
    return {"X": X, "y": y, "params": params}


def forward(X: Tensor, y: Tensor, params: Params):
    """A regression network with one hidden layer: loss = half the mean squared error."""
    assert (n := X.shape[0]) == y.shape[0], "one target per example"
    z: Tensor = X @ params.W1 + params.b1
    h: Tensor = torch.relu(z)
    pred: Tensor = (h @ params.W2 + params.b2).squeeze(-1)
    loss = 0.5 * ((pred - y) ** 2).sum() / n
    return locals()
