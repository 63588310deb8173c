# form: in the order of the forward pass
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return dra @ Whr.T + dza @ Whz.T + dhh @ Whn.T + z*dhnew


# form: step by step with +=
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    d = z*dhnew
    d += dhh @ Whn.T
    d += dza @ Whz.T
    d += dra @ Whr.T
    return d


# form: the three products in one
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return z*dhnew + torch.cat([dhh, dza, dra], 1) @ torch.cat([Whn, Whz, Whr], 1).T


# form: in float32 whatever the input
def dh(dhnew, dhh, dza, dra, z, Whn, Whz, Whr):
    return (z*dhnew).float() + dhh.float() @ Whn.float().T + dza.float() @ Whz.float().T + dra.float() @ Whr.float().T
