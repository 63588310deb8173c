# mistake: missing_path -- the bias is forgotten
def temporal_affine_forward(x, w, b):
    return x @ w, (x, w)


# mistake: permuted -- the time steps end up in another order
def temporal_affine_forward(x, w, b):
    n, t, d = x.shape
    return (x.transpose(1, 0, 2).reshape(n*t, d) @ w + b).reshape(n, t, -1), (x, w)
