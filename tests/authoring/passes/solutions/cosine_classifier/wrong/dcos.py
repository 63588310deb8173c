# mistake: upstream_only -- the scale is forgotten
def dcos(dlogits):
    return dlogits.clone()
