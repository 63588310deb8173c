# mistake: upstream_unused -- the weights alone
def temporal_affine_backward(dout, cache):
    x, w = cache
    dw = np.tensordot(x, dout, axes=([0, 1], [0, 1]))
    return np.broadcast_to(w.sum(axis=1), x.shape).copy(), dw, dout.sum(axis=(0, 1))


# mistake: unknown -- the rows are not put back into sequences
def temporal_affine_backward(dout, cache):
    x, w = cache
    dw = np.tensordot(x, dout, axes=([0, 1], [0, 1]))
    return dout.reshape(-1, w.shape[1]) @ w.T, dw, dout.sum(axis=(0, 1))


# mistake: wrong_index -- the first time step gets nothing
def temporal_affine_backward(dout, cache):
    x, w = cache
    dx = np.zeros_like(x)
    for t in range(x.shape[1] - 1, 0, -1):
        dx[:, t] = dout[:, t] @ w.T
    return dx, np.tensordot(x, dout, axes=([0, 1], [0, 1])), dout.sum(axis=(0, 1))
