# mistake: missing_path -- the residual connection of block 2 is forgotten
def dW2(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    dz3, dh1, dz1, dz0 = _back(dh, h0, a1, h1, a2, W1, W2, W3, W4)
    return a1.T @ (dz3 @ W3.T)


# mistake: missing_path -- only the residual connection of block 2
def dW2(dh, x, W0, b0, W1, b1, W2, b2, W3, b3, W4):
    h0, a1, h1, a2 = _run(x, W0, b0, W1, b1, W2, b2, W3, b3)
    return a1.T @ dh
