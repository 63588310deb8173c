import numpy as np


def temporal_affine_forward(x, w, b):
    out = np.zeros(x.shape[:2] + b.shape)
    for t in range(x.shape[1]):
        out[:, t] = x[:, t].dot(w) + b
    return out, (x, w, b)


def temporal_affine_backward(dout, cache):
    x, w, b = cache
    dx, dw, db = np.empty_like(x), np.zeros_like(w), np.zeros_like(b)
    for t in reversed(range(x.shape[1])):
        dx[:, t] = dout[:, t].dot(w.T)
        dw += x[:, t].T.dot(dout[:, t])
        db += dout[:, t].sum(axis=0)
    return dx, dw, db
