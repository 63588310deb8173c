# mistake: missing_path -- memory is also used for the keys
def dmemory(dv, Wv):
    return dv @ Wv.T
