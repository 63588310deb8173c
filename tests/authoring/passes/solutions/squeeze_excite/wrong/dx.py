# mistake: missing_path -- the gate is taken for a constant
def dx(dout, e):
    return dout * e[:, :, None, None]


# mistake: wrong_path -- the mean treated as a sum
def dx(dout, ds, e):
    return dout * e[:, :, None, None] + ds[:, :, None, None]


# mistake: missing_path -- only the path through the squeeze
def dx(ds, x):
    return (ds[:, :, None, None] / (x.shape[2] * x.shape[3])).expand_as(x).clone()
