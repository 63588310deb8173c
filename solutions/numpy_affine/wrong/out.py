# mistake: missing_path -- the bias is forgotten
def affine_forward(x, w, b):
    return x.reshape(x.shape[0], -1) @ w, (x, w, b)


# mistake: permuted -- flattened with the pixels in another order
def affine_forward(x, w, b):
    return x.transpose(0, 2, 1).reshape(x.shape[0], -1) @ w + b, (x, w, b)
