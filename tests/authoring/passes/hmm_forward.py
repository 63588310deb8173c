"""The likelihood of a sequence under a hidden Markov model: the forward algorithm, in logs."""

from typing import NamedTuple

import torch


class HMM(NamedTuple):
    pi: torch.Tensor  # where it starts
    A: torch.Tensor  # transitions
    B: torch.Tensor  # emissions


def inputs(seed, T=7, K=4, n_obs=5):
    g = torch.Generator().manual_seed(seed)
    pi = torch.randn(K, generator=g)
    A = torch.randn(K, K, generator=g)
    B = torch.randn(K, n_obs, generator=g)
    obs = torch.randint(0, n_obs, (T,), generator=g)
    return {'model': HMM(pi, A, B), 'obs': obs}


def forward(model, obs):
    log_pi = model.pi.log_softmax(0)
    log_A = model.A.log_softmax(1)  # row: from, column: to
    log_B = model.B.log_softmax(1)
    alpha = log_pi + log_B[:, obs[0]]
    for o in obs[1:]:
        alpha = torch.logsumexp(alpha[:, None] + log_A, dim=0) + log_B[:, o]
    loss = -torch.logsumexp(alpha, dim=0)
    return locals()
