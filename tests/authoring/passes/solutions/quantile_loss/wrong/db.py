# mistake: keepdim -- a row with two dimensions
def db(dq):
    return dq.sum(0, keepdim=True)
