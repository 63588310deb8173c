from builtins import range
import numpy as np


def svm_loss(x, y):
    """
    Hinge loss with a margin of 1 over N rows of class scores, and its gradient.
    """
    loss, dx = None, None
    N = x.shape[0]
    own = x[np.arange(N), y]
    hinge = np.maximum(0, x - own[:, np.newaxis] + 1.0)
    hinge[np.arange(N), y] = 0
    loss = np.sum(hinge) / N
    count = np.sum(hinge > 0, axis=1)
    dx = np.zeros_like(x)
    dx[hinge > 0] = 1
    dx[np.arange(N), y] -= count
    dx /= N
    return loss, dx
