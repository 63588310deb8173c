# mistake: transposed -- the scores are not transposed
def dk(dout, q, k, v, bias, causal):
    return _datt(dout, q, k, v, bias, causal) @ q * q.shape[-1] ** -0.5
