# form: with dloss
def derr(dloss, err):
    return dloss*(2*err)


# form: the sum of twice the same
def derr(err):
    return err + err


# form: err taken apart
def derr(o, target):
    return 2*(o - target)


# form: as a power
def derr(dloss, err):
    return dloss*2*err**1


# form: in float32 whatever the input
def derr(err):
    return 2*err.float()
