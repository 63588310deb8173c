# mistake: missing_path -- no gradient flows to earlier steps
def dbh(chars, Wxh, Whh, bh, Why, by):
    h = _states(chars, Wxh, Whh, bh)
    return (_dlogits(chars, h, Why, by) @ Why.T * (1 - h[1:] ** 2)).sum((0, 1))
