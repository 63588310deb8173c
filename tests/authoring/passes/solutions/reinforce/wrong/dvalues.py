# mistake: doubled_path -- through the advantage too, although it is detached
def dvalues(dvalue_loss, dadvantage, values, returns):
    return dvalue_loss * 2 * (values - returns) / len(values) - dadvantage


# mistake: constant_factor -- the half is missing
def dvalues(values, returns):
    return 2 * (values - returns) / len(values)
