# form: multiplied out
def dn(dhnew, z):
    return dhnew - z*dhnew


# form: sigmoid again
def dn(dhnew, za):
    return dhnew*torch.sigmoid(-za)


# form: written in float32 whatever comes in
def dn(dhnew, z):
    return dhnew.float()*(1 - z.float())
