# mistake: missing_path -- z stands on both sides of the product
def dz(dsim, z):
    return dsim @ z / 0.5


# mistake: constant_factor -- the temperature is left out
def dz(dsim, z):
    return (dsim + dsim.T) @ z
