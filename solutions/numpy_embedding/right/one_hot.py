import numpy as np


def word_embedding_forward(x, W):
    one_hot = np.eye(W.shape[0])[x]  # (n, t, v)
    return one_hot @ W, {'one_hot': one_hot}


def word_embedding_backward(dout, cache):
    return np.einsum('ntv,ntd->vd', cache['one_hot'], dout)
