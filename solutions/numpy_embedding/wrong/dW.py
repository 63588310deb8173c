# mistake: repeated_index -- fancy += keeps only one occurrence of a word
def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    dW[x] += dout
    return dW


# mistake: repeated_index -- a loop that assigns
def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    for n in range(x.shape[0]):
        for t in range(x.shape[1]):
            dW[x[n, t]] = dout[n, t]
    return dW


# mistake: constant_factor -- the mean over the occurrences of a word
def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, dout)
    return dW / np.maximum(np.bincount(x.ravel(), minlength=shape[0]), 1)[:, None]


# mistake: upstream_unused -- how often each word occurs
def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, np.ones_like(dout))
    return dW


# mistake: wrong_operand -- starts from the table instead of zeros
def word_embedding_forward(x, W):
    return W[x], (x, W)


def word_embedding_backward(dout, cache):
    x, W = cache
    dW = W.copy()
    np.add.at(dW, x, dout)
    return dW


# mistake: wrong_index -- word 0 left out, as if it were padding
def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    np.add.at(dW, x, dout)
    dW[0] = 0
    return dW


# mistake: not_summed -- only as many rows as words that occur
def word_embedding_backward(dout, cache):
    x, shape = cache
    return np.array([dout[x == v].sum(axis=0) for v in np.unique(x)])


# mistake: wrong_index -- the last time step is left out
def word_embedding_backward(dout, cache):
    x, shape = cache
    dW = np.zeros(shape)
    for n in range(x.shape[0]):
        for t in range(x.shape[1] - 1):
            dW[x[n, t]] += dout[n, t]
    return dW
