# form: a copy
def do(derr):
    return derr.clone()


# form: times one
def do(derr):
    return 1.0*derr


# form: fused with the square
def do(err):
    return 2*err
