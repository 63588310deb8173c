# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def softmax_loss(x, y):
    n = x.shape[0]
    shifted = x - x.max(axis=1, keepdims=True) # so that no exponential is large
    logprobs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -logprobs[np.arange(n), y].sum() / n
    dx = np.exp(logprobs)
    dx[np.arange(n), y] -= 1 # probabilities, minus one at the right class
    dx /= n # the loss is a mean
    return loss, dx
