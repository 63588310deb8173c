import math

import torch


def inputs(seed, n=9, d=3, K=4):
    g = torch.Generator().manual_seed(seed)
    x = torch.randn(n, d, generator=g) * 2
    pi_logits = torch.randn(K, generator=g)
    mu = torch.randn(K, d, generator=g) * 2
    log_sigma = torch.randn(K, d, generator=g) * 0.3
    return {'x': x, 'pi_logits': pi_logits, 'mu': mu, 'log_sigma': log_sigma}


def forward(x, pi_logits, mu, log_sigma, reduction='mean'):
    """Negative log-likelihood under a mixture of Gaussians with diagonal covariances."""
    log_pi = torch.log_softmax(pi_logits, dim=0)
    diff = x[:, None, :] - mu[None, :, :]  # (n, K, d)
    maha = (diff / log_sigma.exp()) ** 2
    log_norm = log_sigma + 0.5 * math.log(2 * math.pi)
    log_p = (-0.5 * maha - log_norm).sum(-1)
    joint = log_pi + log_p
    loglik = torch.logsumexp(joint, dim=1)
    if reduction == 'mean':
        loss = -loglik.mean()
    else:
        loss = -loglik.sum()
    return locals()
