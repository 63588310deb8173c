# mistake: missing_path -- only the rows
def dsq(dD2):
    return dD2.sum(1)
