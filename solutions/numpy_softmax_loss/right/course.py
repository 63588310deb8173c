from builtins import range
import numpy as np


def softmax_loss(x, y):
    """
    Cross entropy over N rows of class scores, and its gradient.
    """
    loss, dx = None, None
    N = x.shape[0]
    probs = np.exp(x - np.max(x, axis=1, keepdims=True))
    probs /= np.sum(probs, axis=1, keepdims=True)
    loss = -np.sum(np.log(probs[np.arange(N), y])) / N
    dx = probs.copy()
    dx[np.arange(N), y] -= 1
    dx /= N
    return loss, dx
