# mistake: missing_path -- the skip output is forgotten
def dz(dres, w_res):
    return w_res[:, :, 0].T @ dres
