# mistake: transposed -- not the heads, but a slice of each token
def datt(dy, v, n_head):
    n, T, d = dy.shape
    return dy.reshape(n, n_head, T, d // n_head) @ v.transpose(-2, -1)
