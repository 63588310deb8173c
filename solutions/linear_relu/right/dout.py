# form: a copy
def dout(ddiff):
    return ddiff.clone()


# form: fused with the square
def dout(dsq, diff):
    return 2*diff*dsq


# form: fused down to the loss
def dout(out, y):
    return 2*(out - y)/y.numel()
