# mistake: wrong_axis -- summed over the classes
def db(dlogits):
    return dlogits.sum(1)
