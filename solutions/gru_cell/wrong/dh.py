# mistake: missing_path -- only the direct path
def dh(dhnew, z):
    return dhnew*z


# mistake: missing_path -- the direct path is missing
def dh(dhh, dza, dra, Whn, Whz, Whr):
    return dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T


# mistake: missing_path -- three of four: r is missing
def dh(dhnew, dhh, dza, z, Whn, Whz):
    return dhnew*z + dhh @ Whn.T + dza @ Whz.T


# mistake: missing_path -- three of four: z is missing
def dh(dhnew, dhh, dra, z, Whn, Whr):
    return dhnew*z + dhh @ Whn.T + dra @ Whr.T


# mistake: missing_path -- three of four: the candidate is missing
def dh(dhnew, dza, dra, z, Whz, Whr):
    return dhnew*z + dza @ Whz.T + dra @ Whr.T


# mistake: wrong_path -- the candidate without r
def dh(dhnew, dna, dza, dra, z, Whn, Whz, Whr):
    return dhnew*z + dna @ Whn.T + dza @ Whz.T + dra @ Whr.T


# mistake: wrong_path -- 1-z instead of z
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return dhnew*(1 - z) + dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T


# mistake: wrong_path -- z is missing in the direct path
def dh(dhnew, dhh, dza, dra, Whn, Whz, Whr):
    return dhnew + dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T


# mistake: wrong_path -- the weights of r and z swapped
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return dhnew*z + dhh @ Whn.T + dza @ Whr.T + dra @ Whz.T


# mistake: transposed -- no matrix is transposed
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return dhnew*z + dhh @ Whn + dza @ Whz + dra @ Whr


# mistake: negated_path -- z with a minus
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return dhnew*z + dhh @ Whn.T - dza @ Whz.T + dra @ Whr.T


# mistake: doubled_path -- the direct path twice
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return 2*dhnew*z + dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T


# mistake: wrong_path -- each path overwrites the previous one
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    d = z*dhnew
    d = dhh @ Whn.T
    d = dza @ Whz.T
    d = dra @ Whr.T
    return d


# mistake: constant_factor -- the mean of the four paths
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return (dhnew*z + dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T)/4


# mistake: sign -- a minus
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return -(dhnew*z + dhh @ Whn.T + dza @ Whz.T + dra @ Whr.T)


# mistake: zeros -- left as zeros
def dh(h):
    return torch.zeros_like(h)
