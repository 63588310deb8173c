import numpy as np


def temporal_softmax_loss(x, y, mask):
    N, T, V = x.shape
    loss, dx = 0.0, np.zeros_like(x)
    for n in range(N):
        for t in range(T):
            if not mask[n, t]:
                continue
            z = x[n, t] - np.max(x[n, t])
            p = np.exp(z) / np.exp(z).sum()
            loss -= np.log(p[y[n, t]]) / N
            dx[n, t] = p / N
            dx[n, t, y[n, t]] -= 1 / N
    return loss, dx
