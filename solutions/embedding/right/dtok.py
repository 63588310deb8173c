# form: a copy
def dtok(dx):
    return dx.clone()


# form: straight from cot
def dtok(cot):
    return cot*1.0
