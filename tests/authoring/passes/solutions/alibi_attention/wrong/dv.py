# mistake: wrong_index -- the heads are taken from the wrong columns
def dv(dout, q, k, bias, causal):
    n, n_head, T, hs = q.shape
    return _p(q, k, bias, causal).transpose(-2, -1) @ dout.reshape(n, n_head, T, hs)
