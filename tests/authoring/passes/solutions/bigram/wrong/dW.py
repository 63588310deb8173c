# mistake: missing_path -- the regularization is forgotten
def dW(dlogits, xenc):
    return xenc.T @ dlogits


# mistake: wrong_path -- the penalty's mean treated as a sum
def dW(dlogits, xenc, W):
    return xenc.T @ dlogits + 0.01 * 2 * W


# mistake: repeated_index -- rows of characters that occur twice overwrite each other
def dW(dlogits, xs, W):
    d = 0.01 * 2 * W / W.numel()
    data = torch.zeros_like(W)
    data[xs] = dlogits
    return d + data
