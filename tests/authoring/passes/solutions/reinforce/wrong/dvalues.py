# mistake: doubled_path -- through the advantage too, although it is detached
def dvalues(dloss, dadvantage, values, returns):
    return dloss * (values - returns) / len(values) - dadvantage


# mistake: constant_factor -- the half is missing
def dvalues(dloss, values, returns):
    return dloss * 2 * (values - returns) / len(values)
