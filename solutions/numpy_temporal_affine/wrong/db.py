# mistake: not_summed -- summed over the sequences only
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.tensordot(x, dout, axes=([0, 1], [0, 1])), dout.sum(axis=0)


# mistake: constant_factor -- the mean over sequences and time steps
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.tensordot(x, dout, axes=([0, 1], [0, 1])), dout.mean(axis=(0, 1))


# mistake: keepdim -- with two dimensions too many
def temporal_affine_backward(dout, cache):
    x, w = cache
    return dout @ w.T, np.tensordot(x, dout, axes=([0, 1], [0, 1])), dout.sum(axis=(0, 1), keepdims=True)
