# mistake: constant_factor -- scaled by the length of the source
def dk(datt, q):
    return datt.mT @ q / datt.shape[-1] ** 0.5
