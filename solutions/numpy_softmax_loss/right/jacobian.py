import numpy as np


def softmax(z):
    z = z - np.max(z)
    return np.exp(z) / np.sum(np.exp(z))


def softmax_loss(x, y):
    n = len(y)
    loss, dx = 0, []
    for row, label in zip(x, y):
        p = softmax(row)
        loss += -np.log(p[label])
        jacobian = np.diag(p) - np.outer(p, p)
        dp = np.zeros(p.shape)
        dp[label] = -1 / p[label]
        dx.append(jacobian @ dp)
    return loss / n, np.array(dx) / n
