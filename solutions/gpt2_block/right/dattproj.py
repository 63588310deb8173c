# form: a copy
def dattproj(dres2):
    return dres2.clone()


# form: times one
def dattproj(dres2):
    return 1.0*dres2
