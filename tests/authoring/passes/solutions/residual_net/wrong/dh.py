# mistake: upstream_only -- the last relu is forgotten
def dh(dout):
    return dout.clone()
