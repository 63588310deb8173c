# mistake: wrong_axis -- summed over the units
def db(dpieces):
    return dpieces.flatten(1).sum(1)
