# mistake: constant_factor -- the half is forgotten
def derr(err):
    return 2 * err
