# mistake: constant_factor -- mean instead of sum
def db(dpred):
    return dpred.mean()
