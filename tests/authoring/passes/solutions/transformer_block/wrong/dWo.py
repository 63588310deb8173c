# mistake: missing_path -- only the skip connection, not through the feed-forward layer
def dWo(dout, x, ln1_w, ln1_b, Wq, Wk, Wv):
    h, _, _ = _norm(x, ln1_w, ln1_b)
    later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
    att = ((h @ Wq) @ (h @ Wk).mT / x.shape[2] ** 0.5).masked_fill(later, float('-inf')).softmax(-1)
    return _outer(att @ (h @ Wv), dout)
