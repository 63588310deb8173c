import numpy as np


def word_embedding_forward(x, W):
    return np.take(W, x, axis=0), [x, len(W)]


def word_embedding_backward(dout, cache):
    x, V = cache
    return np.array([dout[x == v].sum(axis=0) for v in range(V)])
