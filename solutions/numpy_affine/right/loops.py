import numpy as np


def affine_forward(x, w, b):
    N, M = x.shape[0], w.shape[1]
    out = np.zeros((N, M))
    for i in range(N):
        for j in range(M):
            out[i, j] = np.sum(x[i].flatten() * w[:, j]) + b[j]
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.zeros_like(x), np.zeros_like(w), np.zeros_like(b)
    for i in range(x.shape[0]):
        dw += np.outer(x[i].ravel(), dout[i])
        db += dout[i]
        dx[i] = w.dot(dout[i]).reshape(x[i].shape)
    return dx, dw, db
