# form: a copy
def dx2w2(ds):
    return ds.clone()


# form: straight from dn
def dx2w2(dn):
    return dn*1
