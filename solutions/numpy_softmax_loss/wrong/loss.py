# mistake: constant_factor -- a sum over the examples, not a mean
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    dx = probs.copy()
    dx[np.arange(n), y] -= 1
    return -np.log(probs[np.arange(n), y]).sum(), dx / n


# mistake: sign -- the logarithm without its minus
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    dx = probs.copy()
    dx[np.arange(n), y] -= 1
    return np.log(probs[np.arange(n), y]).mean(), dx / n


# mistake: wrong_index -- every class of every right one: a table of n by n
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    dx = probs.copy()
    dx[np.arange(n), y] -= 1
    return -np.log(probs[:, y]).mean(), dx / n
