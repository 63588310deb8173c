import numpy as np


def svm_loss(x, y):
    loss = 0.0
    dx = np.zeros(x.shape)
    num_train = x.shape[0]
    for i in range(num_train):
        for j in range(x.shape[1]):
            if j == y[i]:
                continue
            margin = x[i, j] - x[i, y[i]] + 1
            if margin > 0:
                loss += margin
                dx[i, j] += 1 / num_train
                dx[i, y[i]] -= 1 / num_train
    return loss / num_train, dx
