# form: two steps with +=
def dencoded(dres2, dln1, encoded, ln1w):
    d = dres2.clone()
    d += through_layer_norm(dln1, encoded, ln1w)
    return d


# form: the branch first
def dencoded(dres2, dln1, encoded, ln1w):
    return through_layer_norm(dln1, encoded, ln1w) + dres2


# form: the layer norm written out
def dencoded(dres2, dln1, ln1w, encoded, C):
    norm, rstd = normalize(encoded)
    d = dln1*ln1w
    return dres2 + rstd/C*(C*d - d.sum(2, keepdim=True) - norm*(d*norm).sum(2, keepdim=True))
