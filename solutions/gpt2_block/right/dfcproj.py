# form: a copy
def dfcproj(dres3):
    return dres3.clone()


# form: times one
def dfcproj(dres3):
    return 1.0*dres3
