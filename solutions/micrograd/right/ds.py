# form: a copy
def ds(dn):
    return dn.clone()


# form: times one
def ds(dn):
    return 1.0*dn


# form: fused from de
def ds(de, e):
    return 2*e*de
