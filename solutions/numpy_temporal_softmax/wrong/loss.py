# mistake: wrong_operand -- the padding counts as well
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return losses.sum() / n, (p - np.eye(v)[y]) * mask[:, :, None] / n


# mistake: constant_factor -- divided by how many time steps count
def temporal_softmax_loss(x, y, mask):
    n, t, v = x.shape
    p = np.exp(x) / np.exp(x).sum(axis=2, keepdims=True)
    losses = -np.log(np.take_along_axis(p, y[:, :, None], axis=2))[:, :, 0]
    return (losses * mask).sum() / mask.sum(), (p - np.eye(v)[y]) * mask[:, :, None] / n
