# form: a copy
def ddropped(dout):
    return dout.clone()


# form: straight from cot
def ddropped(cot):
    return 1.0*cot
