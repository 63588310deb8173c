import numpy as np


def softmax_loss(x, y):
    loss = 0.0
    dx = np.zeros_like(x)
    num_train, num_classes = x.shape
    for i in range(num_train):
        scores = x[i] - np.max(x[i])
        p = np.exp(scores) / np.sum(np.exp(scores))
        loss -= np.log(p[y[i]])
        for j in range(num_classes):
            dx[i, j] = p[j] - (j == y[i])
    return loss / num_train, dx / num_train
