# mistake: upstream_only -- the scale is missing
def dx(dscaled):
    return dscaled.clone()
