"""A Kalman filter over a sequence; the loss is the negative log-likelihood of what was measured."""

import math

import torch


def inputs(seed, T=5, state=3, measured=2):
    g = torch.Generator().manual_seed(seed)
    z = torch.randn(T, measured, generator=g)
    A = torch.eye(state) + 0.1 * torch.randn(state, state, generator=g)
    H = torch.randn(measured, state, generator=g)
    Q = 0.1 * torch.eye(state)
    R = 0.5 * torch.eye(measured)
    x0 = torch.randn(state, generator=g)
    P0 = torch.eye(state)
    return {'z': z, 'A': A, 'H': H, 'Q': Q, 'R': R, 'x0': x0, 'P0': P0}


def forward(z, A, H, Q, R, x0, P0):
    x, P = x0, P0
    I = torch.eye(len(x0))
    loss = torch.tensor(0.0)
    for t in range(z.shape[0]):
        # predict
        x = A @ x
        P = A @ P @ A.T + Q
        # update
        innov = z[t] - H @ x
        S = H @ P @ H.T + R
        K = P @ H.T @ torch.linalg.inv(S)
        x = x + K @ innov
        P = (I - K @ H) @ P
        loss += 0.5 * (innov @ torch.linalg.solve(S, innov) + torch.logdet(S))
        loss += 0.5 * len(innov) * math.log(2 * math.pi)
    return locals()
