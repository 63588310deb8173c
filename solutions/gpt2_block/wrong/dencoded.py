# mistake: missing_path -- the skip connection is missing
def dencoded(dln1, encoded, ln1w):
    return through_layer_norm(dln1, encoded, ln1w)


# mistake: missing_path -- the attention is missing
def dencoded(dres2):
    return dres2.clone()


# mistake: doubled_path -- the skip connection twice
def dencoded(dres2, dln1, encoded, ln1w):
    return 2*dres2 + through_layer_norm(dln1, encoded, ln1w)


# mistake: negated_path -- the branch with a minus
def dencoded(dres2, dln1, encoded, ln1w):
    return dres2 - through_layer_norm(dln1, encoded, ln1w)


# mistake: wrong_path -- the layer norm is skipped
def dencoded(dres2, dln1):
    return dres2 + dln1


# mistake: wrong_path -- only the gain of the layer norm
def dencoded(dres2, dln1, ln1w):
    return dres2 + dln1*ln1w


# mistake: wrong_path -- the skip connection through the layer norm as well
def dencoded(dres2, dln1, encoded, ln1w):
    return through_layer_norm(dres2 + dln1, encoded, ln1w)


# mistake: fused_term -- the mean is missing in the layer norm
def dencoded(dres2, dln1, ln1w, encoded):
    norm, rstd = normalize(encoded)
    d = dln1*ln1w
    return dres2 + rstd*(d - norm*(d*norm).mean(2, keepdim=True))


# mistake: fused_term -- the variance is missing in the layer norm
def dencoded(dres2, dln1, ln1w, encoded):
    norm, rstd = normalize(encoded)
    d = dln1*ln1w
    return dres2 + rstd*(d - d.mean(2, keepdim=True))


# mistake: fused_term -- the gain is missing in the layer norm
def dencoded(dres2, dln1, encoded, ln1w):
    return dres2 + through_layer_norm(dln1, encoded, torch.ones_like(ln1w))


# mistake: constant_factor -- the mean of both paths
def dencoded(dres2, dln1, encoded, ln1w):
    return (dres2 + through_layer_norm(dln1, encoded, ln1w))/2


# mistake: other_gradient -- the gradient of the branch's output instead of its input
def dencoded(dres2, dattproj):
    return dres2 + dattproj


# mistake: aliasing -- += on a second name, then the first one again
def dencoded(dres2, dln1, encoded, ln1w):
    d = dres2
    d += through_layer_norm(dln1, encoded, ln1w)
    return d + dres2


# mistake: sign -- a minus
def dencoded(dres2, dln1, encoded, ln1w):
    return -dres2 - through_layer_norm(dln1, encoded, ln1w)


# mistake: zeros -- left as zeros
def dencoded(encoded):
    return torch.zeros_like(encoded)
