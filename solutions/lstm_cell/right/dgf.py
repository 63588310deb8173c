# form: the other order
def dgf(df, f):
    return f*(1 - f)*df


# form: multiplied out
def dgf(df, f):
    return df*(f - f**2)


# form: sigmoid recomputed
def dgf(df, gf):
    return df*torch.sigmoid(gf)*torch.sigmoid(-gf)


# form: with exponentials
def dgf(df, gf):
    return df*torch.exp(-gf)/(1 + torch.exp(-gf))**2


# form: in float32 whatever the input
def dgf(df, f):
    return df.float()*(1 - f.float())*f.float()
