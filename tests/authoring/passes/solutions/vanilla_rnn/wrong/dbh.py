# mistake: missing_path -- only the last step
def dbh(dout, out, Whh):
    return _da(dout, out, Whh)[:, -1].sum(0)
