# mistake: missing_path -- the mean is taken for a constant
def dx(dxc):
    return dxc.clone()


# mistake: wrong_path -- the mean treated as a sum
def dx(dxc, dmu):
    return dxc + dmu
