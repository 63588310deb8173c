# form: two steps with +=
def dres2(dres3, dln2, res2, ln2w):
    d = dres3.clone()
    d += through_layer_norm(dln2, res2, ln2w)
    return d


# form: the branch first
def dres2(dres3, dln2, res2, ln2w):
    return through_layer_norm(dln2, res2, ln2w) + dres3


# form: the layer norm written out
def dres2(dres3, dln2, ln2w, res2, C):
    norm, rstd = normalize(res2)
    d = dln2*ln2w
    return dres3 + rstd/C*(C*d - d.sum(2, keepdim=True) - norm*(d*norm).sum(2, keepdim=True))
