# mistake: transposed -- transposed
def dlayers2_0(dpred, h):
    return dpred.T @ h
