# mistake: wrong_operand -- the mask is forgotten
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / n, (p - np.eye(v)[y]) / n


# mistake: constant_factor -- divided by the number of time steps as well
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / n, (p - np.eye(v)[y]) * mask[:, :, None] / (n*t)


# mistake: constant_factor -- divided by how many time steps count
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / n, (p - np.eye(v)[y]) * mask[:, :, None] / mask.sum()


# mistake: constant_factor -- 1/n is missing
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / n, (p - np.eye(v)[y]) * mask[:, :, None]


# mistake: fused_term -- masked before one is subtracted, so the padding gets minus one
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / n, (p * mask[:, :, None] - np.eye(v)[y]) / n


# mistake: fused_term -- the probabilities, but no minus one
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / n, p * mask[:, :, None] / n


# mistake: unknown -- left as rows
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    dx = (p - np.eye(v)[y]) * mask[:, :, None] / n
    return (losses * mask).sum() / n, dx.reshape(n*t, v)
