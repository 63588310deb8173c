# mistake: missing_path -- the norm is taken for a constant
def dW(dw, W):
    return dw / (W.norm(dim=1, keepdim=True) + 1e-8)


# mistake: upstream_only -- the normalization is forgotten
def dW(dw):
    return dw.clone()
