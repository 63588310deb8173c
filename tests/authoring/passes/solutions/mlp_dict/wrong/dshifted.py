# mistake: missing_path -- the normalizer is forgotten
def dshifted(dlog_probs):
    return dlog_probs.clone()


# mistake: missing_path -- only the normalizer
def dshifted(dlog_Z, shifted):
    return dlog_Z * shifted.softmax(1)
