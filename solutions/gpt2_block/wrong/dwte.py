# mistake: missing_path -- tied weights: only the lookup
def dwte(dencoded, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx.flatten(), dencoded.flatten(0, 1))


# mistake: missing_path -- tied weights: only the last layer
def dwte(dlogits, lnf):
    return weights_of(dlogits, lnf)


# mistake: constant_factor -- the mean of both uses
def dwte(dencoded, dlogits, lnf, idx):
    return weights_of(dlogits, lnf).index_add(0, idx.flatten(), dencoded.flatten(0, 1))/2


# mistake: repeated_index -- fancy += keeps only one occurrence of a letter
def dwte(dencoded, dlogits, lnf, idx):
    d = weights_of(dlogits, lnf)
    d[idx] += dencoded
    return d


# mistake: repeated_index -- the lookup overwrites the last layer
def dwte(dencoded, dlogits, lnf, idx):
    d = weights_of(dlogits, lnf)
    d[idx] = dencoded
    return d


# mistake: wrong_path -- the lookup at the next letters
def dwte(dencoded, dlogits, lnf, targets):
    return weights_of(dlogits, lnf).index_add(0, targets.flatten(), dencoded.flatten(0, 1))


# mistake: wrong_path -- res3 instead of lnf in the last layer
def dwte(dencoded, dlogits, res3, idx):
    return weights_of(dlogits, res3).index_add(0, idx.flatten(), dencoded.flatten(0, 1))


# mistake: wrong_path -- only along the skip connection to the lookup
def dwte(dres2, dlogits, lnf, idx):
    return weights_of(dlogits, lnf).index_add(0, idx.flatten(), dres2.flatten(0, 1))


# mistake: wrong_path -- the last layer divided by the number of tokens a second time
def dwte(dencoded, dlogits, lnf, idx, n, T):
    return (weights_of(dlogits, lnf)/(n*T)).index_add(0, idx.flatten(), dencoded.flatten(0, 1))


# mistake: negated_path -- the lookup with a minus
def dwte(dencoded, dlogits, lnf, idx):
    return weights_of(dlogits, lnf).index_add(0, idx.flatten(), -dencoded.flatten(0, 1))


# mistake: permuted -- the letters transposed, the gradients not
def dwte(dencoded, dlogits, lnf, idx):
    return weights_of(dlogits, lnf).index_add(0, idx.T.flatten(), dencoded.flatten(0, 1))


# mistake: transposed -- transposed
def dwte(dencoded, dlogits, lnf, idx):
    return weights_of(dlogits, lnf).index_add(0, idx.flatten(), dencoded.flatten(0, 1)).T


# mistake: hard_coded -- 27 letters
def dwte(dencoded, dlogits, lnf, idx):
    return weights_of(dlogits, lnf) + weights_of(F.one_hot(idx, 27).to(dencoded.dtype), dencoded)


# mistake: sign -- a minus
def dwte(dencoded, dlogits, lnf, idx):
    return -weights_of(dlogits, lnf).index_add(0, idx.flatten(), dencoded.flatten(0, 1))


# mistake: zeros -- left as zeros
def dwte(wte):
    return torch.zeros_like(wte)
