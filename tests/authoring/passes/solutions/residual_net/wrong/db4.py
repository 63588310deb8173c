# mistake: not_summed -- the whole table
def db4(dh):
    return dh.clone()
