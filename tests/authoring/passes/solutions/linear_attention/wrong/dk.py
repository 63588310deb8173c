# mistake: upstream_only -- phi is left out
def dk(dfk):
    return dfk.clone()
