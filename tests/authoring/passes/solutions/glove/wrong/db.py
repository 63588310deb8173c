# mistake: wrong_axis -- that of the contexts
def db(derror):
    return derror.sum(0)
