# mistake: missing_path -- the mean is taken for a constant
def dx(dxc):
    return dxc.clone()
