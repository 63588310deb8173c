# mistake: constant_factor -- scaled by d instead of its root
def dk(dscores, q):
    return dscores.transpose(1, 2) @ q / q.shape[-1]
