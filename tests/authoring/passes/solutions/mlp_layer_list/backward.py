import torch


def _run(x, Ws, bs):
    """The inputs of all layers."""
    hs = [x]
    for W, b in zip(Ws[:-1], bs[:-1]):
        hs.append(torch.relu(hs[-1] @ W + b))
    return hs


def _back(dh, x, Ws, bs):
    """The gradient of each layer's output before its relu, and of x."""
    hs = _run(x, Ws, bs)
    dzs = [dh]
    for W, h in zip(Ws[:0:-1], hs[:0:-1]):
        dzs.insert(0, dzs[0] @ W.T * (h > 0))
    return hs, dzs, dzs[0] @ Ws[0].T


def dh(h, y):
    d = h.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d / len(y)


def dx(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    return _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])[2]


def dWs0(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    hs, dzs, _ = _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])
    return hs[0].T @ dzs[0]


def dWs1(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    hs, dzs, _ = _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])
    return hs[1].T @ dzs[1]


def dWs2(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    return _run(x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])[2].T @ dh


def dbs0(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    return _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])[1][0].sum(0)


def dbs1(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    return _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])[1][1].sum(0)


def dbs2(dh):
    return dh.sum(0)
