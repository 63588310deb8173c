# mistake: constant_factor -- 1/n is missing
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    probs[np.arange(n), y] -= 1
    return loss, probs


# mistake: constant_factor -- 1/n twice
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    dx = probs / n
    dx[np.arange(n), y] -= 1 / n
    return loss, dx / n


# mistake: fused_term -- divided by n before one is subtracted
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    dx = probs / n
    dx[np.arange(n), y] -= 1
    return loss, dx


# mistake: fused_term -- the probabilities, but no minus one
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    return loss, probs / n


# mistake: wrong_index -- one is subtracted from whole columns
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    dx = probs.copy()
    dx[:, y] -= 1
    return loss, dx / n


# mistake: softmax_jacobian -- p*(1 - p) only, as if each score had its own sigmoid
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    dprobs = np.zeros_like(x)
    dprobs[np.arange(n), y] = -1 / probs[np.arange(n), y] / n
    return loss, dprobs * probs * (1 - probs)


# mistake: sign -- one minus the probability
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    dx = -probs
    dx[np.arange(n), y] += 1
    return loss, dx / n


# mistake: wrong_axis -- the softmax over the examples
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=0, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    probs[np.arange(n), y] -= 1
    return loss, probs / n


# mistake: constant_factor -- divided by the number of scores
def softmax_loss(x, y):
    n = x.shape[0]
    probs = np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)
    loss = -np.log(probs[np.arange(n), y]).mean()
    probs[np.arange(n), y] -= 1
    return loss, probs / x.size
