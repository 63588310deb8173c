# mistake: not_summed -- a matrix for each sequence
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, x.transpose(0, 2, 1) @ dout, dout.sum(axis=(0, 1))


# mistake: constant_factor -- the mean over the sequences
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, (x.transpose(0, 2, 1) @ dout).mean(axis=0), dout.sum(axis=(0, 1))


# mistake: repeated_index -- assigned at each time step, so the last one wins
def temporal_affine_backward(dout, cache):
    x, w = cache
    for t in range(x.shape[1]):
        dw = x[:, t].T @ dout[:, t]
    return dout @ w.T, dw, dout.sum(axis=(0, 1))


# mistake: transposed -- the transposed product
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.tensordot(dout, x, axes=([0, 1], [0, 1])), dout.sum(axis=(0, 1))
