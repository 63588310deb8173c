# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    flat, words, counts = x.reshape(n*t, v), y.reshape(n*t), mask.reshape(n*t)
    shifted = flat - flat.max(axis=1, keepdims=True) # so that no exponential is large
    logprobs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -(logprobs[np.arange(n*t), words] * counts).sum() / n
    dflat = np.exp(logprobs)
    dflat[np.arange(n*t), words] -= 1 # probabilities, minus one at the right word
    dflat *= counts[:, None] / n # zero where nothing counts
    return loss, dflat.reshape(n, t, v)
