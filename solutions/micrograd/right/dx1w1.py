# form: a copy
def dx1w1(ds):
    return ds.clone()


# form: straight from dn
def dx1w1(dn):
    return dn*1
