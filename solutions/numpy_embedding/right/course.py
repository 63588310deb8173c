from builtins import range
import numpy as np


def word_embedding_forward(x, W):
    """
    x (N, T), integers below V; W (V, D), a row for each word.
    """
    out, cache = None, None
    out = W[x, :]
    cache = (x, W)
    return out, cache


def word_embedding_backward(dout, cache):
    """
    dout (N, T, D) to dW. Indices have no gradient.
    """
    dW = None
    x, W = cache
    dW = np.zeros_like(W)
    N, T = x.shape
    for n in range(N):
        for t in range(T):
            dW[x[n, t]] += dout[n, t]
    return dW
