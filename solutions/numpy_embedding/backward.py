# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def word_embedding_forward(x, W):
    out = W[x]
    cache = (x, W.shape)
    return out, cache


def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, dout) # a word that occurs twice adds up; dW[x] += dout would keep only one
    return dW
