# mistake: wrong_operand -- a relu after the last layer
def dWs2(dh, h, x, Ws0, Ws1, Ws2, bs0, bs1, bs2):
    return _run(x, [Ws0, Ws1, Ws2], [bs0, bs1, bs2])[2].T @ (dh * (h > 0))
