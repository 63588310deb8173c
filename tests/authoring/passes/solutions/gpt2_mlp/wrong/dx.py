# mistake: missing_path -- the skip connection is left out
def dx(dh, c_fc_w):
    return dh @ c_fc_w.T
