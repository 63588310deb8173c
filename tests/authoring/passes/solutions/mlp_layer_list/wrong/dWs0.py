# mistake: missing_path -- the gate of the first relu is missing
def dWs0(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    hs, dzs, _ = _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])
    return x.T @ (dzs[1] @ Ws1.T)


# mistake: transposed -- transposed
def dWs0(dh, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    hs, dzs, _ = _back(dh, x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])
    return dzs[0].T @ hs[0]
