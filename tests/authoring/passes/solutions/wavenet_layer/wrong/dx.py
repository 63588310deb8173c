# mistake: missing_path -- the residual connection is forgotten
def dx(dxp, dres):
    return dxp[:, :, -dres.shape[2]:].clone()


# mistake: wrong_path -- the padding on the wrong side
def dx(dxp, dres):
    return dxp[:, :, :dres.shape[2]] + dres


# mistake: missing_path -- only the residual connection
def dx(dres):
    return dres.clone()
