import numpy as np


def temporal_softmax_loss(x, y, mask):
    N = len(x)
    one_hot = np.eye(x.shape[2])[y]
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    p = e / e.sum(axis=-1, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[..., np.newaxis], axis=2)).squeeze(2)
    return losses[mask].sum() / N, np.where(mask[:, :, None], p - one_hot, 0.0) / N
