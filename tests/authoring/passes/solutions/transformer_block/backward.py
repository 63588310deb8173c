import torch


def _norm(x, w, b):
    """The layer norm; also what it was multiplied with, and the standard deviation."""
    std = torch.sqrt(x.var(-1, keepdim=True, unbiased=False) + 1e-5)
    hat = (x - x.mean(-1, keepdim=True)) / std
    return hat * w + b, hat, std


def _norm_backward(dh, hat, std, w):
    g = dh * w
    return (g - g.mean(-1, keepdim=True) - hat * (g * hat).mean(-1, keepdim=True)) / std


def _outer(a, b):
    return torch.einsum('nti,ntj->ij', a, b)


def _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    """The gradients of all inputs by name."""
    T, C = x.shape[1:]
    # forward
    h, hat, std = _norm(x, ln1_w, ln1_b)
    q, k, v = h @ Wq, h @ Wk, h @ Wv
    later = torch.ones(T, T, dtype=torch.bool).triu(1)
    att = (q @ k.mT / C**0.5).masked_fill(later, float('-inf')).softmax(-1)
    y = att @ v
    x2 = x + y @ Wo
    h2, hat2, std2 = _norm(x2, ln2_w, ln2_b)
    a = torch.relu(h2 @ W1 + b1)
    # the feed-forward layer
    da = dout @ W2.T * (a > 0)
    dh2 = da @ W1.T
    dx2 = dout + _norm_backward(dh2, hat2, std2, ln2_w)
    # attention
    dy = dx2 @ Wo.T
    datt = dy @ v.mT
    ds = att * (datt - (datt * att).sum(-1, keepdim=True)) / C**0.5
    dq, dk, dv = ds @ k, ds.mT @ q, att.mT @ dy
    dh = dq @ Wq.T + dk @ Wk.T + dv @ Wv.T
    dx = dx2 + _norm_backward(dh, hat, std, ln1_w)
    return {
        'x': dx, 'ln1_w': (dh * hat).sum((0, 1)), 'ln1_b': dh.sum((0, 1)),
        'Wq': _outer(h, dq), 'Wk': _outer(h, dk), 'Wv': _outer(h, dv), 'Wo': _outer(y, dx2),
        'ln2_w': (dh2 * hat2).sum((0, 1)), 'ln2_b': dh2.sum((0, 1)),
        'W1': _outer(h2, da), 'b1': da.sum((0, 1)), 'W2': _outer(a, dout), 'b2': dout.sum((0, 1)),
    }


def dW2(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['W2']


def db2(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['b2']


def dW1(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['W1']


def db1(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['b1']


def dln2_w(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['ln2_w']


def dln2_b(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['ln2_b']


def dWo(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['Wo']


def dWq(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['Wq']


def dWk(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['Wk']


def dWv(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['Wv']


def dln1_w(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['ln1_w']


def dln1_b(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['ln1_b']


def dx(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['x']
