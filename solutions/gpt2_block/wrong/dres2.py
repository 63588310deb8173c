# mistake: missing_path -- the skip connection is missing
def dres2(dln2, res2, ln2w):
    return through_layer_norm(dln2, res2, ln2w)


# mistake: missing_path -- the feed-forward layer is missing
def dres2(dres3):
    return dres3.clone()


# mistake: doubled_path -- the skip connection twice
def dres2(dres3, dln2, res2, ln2w):
    return 2*dres3 + through_layer_norm(dln2, res2, ln2w)


# mistake: negated_path -- the branch with a minus
def dres2(dres3, dln2, res2, ln2w):
    return dres3 - through_layer_norm(dln2, res2, ln2w)


# mistake: wrong_path -- the layer norm is skipped
def dres2(dres3, dln2):
    return dres3 + dln2


# mistake: wrong_path -- only the gain of the layer norm
def dres2(dres3, dln2, ln2w):
    return dres3 + dln2*ln2w


# mistake: wrong_path -- the skip connection through the layer norm as well
def dres2(dres3, dln2, res2, ln2w):
    return through_layer_norm(dres3 + dln2, res2, ln2w)


# mistake: fused_term -- the mean is missing in the layer norm
def dres2(dres3, dln2, ln2w, res2):
    norm, rstd = normalize(res2)
    d = dln2*ln2w
    return dres3 + rstd*(d - norm*(d*norm).mean(2, keepdim=True))


# mistake: fused_term -- the variance is missing in the layer norm
def dres2(dres3, dln2, ln2w, res2):
    norm, rstd = normalize(res2)
    d = dln2*ln2w
    return dres3 + rstd*(d - d.mean(2, keepdim=True))


# mistake: fused_term -- the gain is missing in the layer norm
def dres2(dres3, dln2, res2, ln2w):
    return dres3 + through_layer_norm(dln2, res2, torch.ones_like(ln2w))


# mistake: constant_factor -- the mean of both paths
def dres2(dres3, dln2, res2, ln2w):
    return (dres3 + through_layer_norm(dln2, res2, ln2w))/2


# mistake: other_gradient -- the gradient of the branch's output instead of its input
def dres2(dres3, dfcproj):
    return dres3 + dfcproj


# mistake: aliasing -- += on a second name, then the first one again
def dres2(dres3, dln2, res2, ln2w):
    d = dres3
    d += through_layer_norm(dln2, res2, ln2w)
    return d + dres3


# mistake: sign -- a minus
def dres2(dres3, dln2, res2, ln2w):
    return -dres3 - through_layer_norm(dln2, res2, ln2w)


# mistake: zeros -- left as zeros
def dres2(res2):
    return torch.zeros_like(res2)
