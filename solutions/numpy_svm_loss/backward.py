# The worked solution. Each line is one of several correct forms: see right/ for others.

import numpy as np


def svm_loss(x, y):
    n = x.shape[0]
    right = x[np.arange(n), y]
    margins = np.maximum(0, x - right[:, None] + 1)
    margins[np.arange(n), y] = 0 # the right class is not compared with itself
    loss = margins.sum() / n
    dx = (margins > 0).astype(x.dtype)
    dx[np.arange(n), y] = -dx.sum(axis=1) # one minus for every class within the margin
    dx /= n
    return loss, dx
