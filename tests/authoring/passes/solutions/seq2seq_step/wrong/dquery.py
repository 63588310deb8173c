# mistake: keepdim -- the dimension of the source is dropped
def dquery(dscore, query, keys, va, mask):
    return _datt(dscore, query, keys, va, mask).sum(1)


# mistake: not_summed -- one query per word of the source
def dquery(dscore, query, keys, va, mask):
    return _datt(dscore, query, keys, va, mask)
