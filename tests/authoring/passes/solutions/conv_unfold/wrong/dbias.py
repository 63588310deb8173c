# mistake: constant_factor -- mean instead of sum
def dbias(dy):
    return dy.mean((0, 2, 3))
