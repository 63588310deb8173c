import numpy as np


def word_embedding_forward(x, W):
    return W[x.ravel()].reshape(x.shape + (-1,)), (x.ravel(), W.shape)


def word_embedding_backward(dout, cache):
    words, (V, D) = cache
    flat = dout.reshape(-1, D)
    return np.stack([np.bincount(words, weights=flat[:, d], minlength=V) for d in range(D)], axis=1)
