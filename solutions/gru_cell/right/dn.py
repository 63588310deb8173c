# form: multiplied out
def dn(dhnew, z):
    return dhnew - z*dhnew


# form: sigmoid recomputed
def dn(dhnew, za):
    return dhnew*torch.sigmoid(-za)


# form: in float32 whatever the input
def dn(dhnew, z):
    return dhnew.float()*(1 - z.float())
