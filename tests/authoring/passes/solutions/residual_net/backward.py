import torch


def _run(x, W0, b0, W1, b1, W2, b2, W3, b3):
    h0 = torch.relu(x @ W0 + b0)
    a1 = torch.relu(h0 @ W1 + b1)
    h1 = a1 @ W2 + b2 + h0
    a2 = torch.relu(h1 @ W3 + b3)
    return h0, a1, h1, a2


def _back(dh, h0, a1, h1, a2, W1, W2, W3, W4):
    """The gradients of all layers' outputs before the relu, from the last to the first; and the one of h1."""
    dz3 = dh @ W4.T * (a2 > 0)
    dh1 = dh + dz3 @ W3.T
    dz1 = dh1 @ W2.T * (a1 > 0)
    dz0 = (dh1 + dz1 @ W1.T) * (h0 > 0)
    return dz3, dh1, dz1, dz0


def dh(dout, h):
    return dout * (h > 0)


def dW4(dh, x, W0, b0, W1, b1, W2, b2, W3, b3):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    return a2.T @ dh


def db4(dh):
    return dh.sum(0)


def dW3(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return h1.T @ dz3


def db3(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return dz3.sum(0)


def dW2(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return a1.T @ dh1


def db2(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return dh1.sum(0)


def dW1(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return h0.T @ dz1


def db1(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return dz1.sum(0)


def dW0(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return x.T @ dz0


def db0(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return dz0.sum(0)


def dx(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return dz0 @ W0.T
