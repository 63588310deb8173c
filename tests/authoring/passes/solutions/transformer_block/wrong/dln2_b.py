# mistake: other_gradient -- that of the first norm
def dln2_b(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2):
    return _gradients(dout, x, ln1_w, ln1_b, Wq, Wk, Wv, Wo, ln2_w, ln2_b, W1, b1, W2, b2)['ln1_b']
