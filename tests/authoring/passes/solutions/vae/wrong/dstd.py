# mistake: wrong_operand -- z instead of the noise
def dstd(dz, z):
    return dz * z
