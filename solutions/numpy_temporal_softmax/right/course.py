from builtins import range
import numpy as np


def temporal_softmax_loss(x, y, mask, verbose=False):
    """
    Cross entropy over N sequences of T time steps, without those that mask leaves out, and its gradient.
    """
    N, T, V = x.shape
    scores, words, keep = x.reshape(N * T, V), y.reshape(N * T), mask.reshape(N * T)

    probs = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(keep * np.log(probs[np.arange(N * T), words])) / N
    d = probs.copy()
    d[np.arange(N * T), words] -= 1
    d /= N
    d *= keep[:, None]

    if verbose:
        print("d:", d.shape)

    dx = d.reshape(N, T, V)
    return loss, dx
