# form: the other order
def ddiff(dsq, diff):
    return dsq*2*diff


# form: a sum
def ddiff(dsq, diff):
    return diff*dsq + diff*dsq


# form: fused with the mean
def ddiff(diff):
    return 2*diff/diff.numel()


# form: fused, from out and y
def ddiff(out, y):
    return 2*(out - y)/out.numel()


# form: in float32 whatever the input
def ddiff(dsq, diff):
    return 2*diff.float()*dsq.float()
