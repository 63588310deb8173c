# mistake: missing_path -- the score of the correct class is taken for a constant
def dscores(margins, dmargins):
    return dmargins * (margins > 0)


# mistake: wrong_path -- the correct class counts once, not once for each margin
def dscores(margins, dmargins, y):
    n = margins.shape[0]
    d = dmargins * (margins > 0)
    d[range(n), y] = -1 / n
    return d


# mistake: negated_path -- the correct class with the wrong sign
def dscores(margins, dmargins, y):
    n = margins.shape[0]
    d = dmargins * (margins > 0)
    d[range(n), y] += d.sum(1)
    return d
