# form: two steps with +=
def dc(dtc, tc, cotc):
    d = cotc.clone()
    d += (1 - tc**2)*dtc
    return d


# form: with dloss
def dc(dtc, tc, cotc, dloss):
    return dloss*cotc + (1 - tc*tc)*dtc


# form: tanh recomputed
def dc(dtc, c, cotc):
    return dtc*(1 - torch.tanh(c)**2) + cotc


# form: straight from dh
def dc(dh, o, tc, cotc):
    return dh*o*(1 - tc**2) + cotc


# form: in float32 whatever the input
def dc(dtc, tc, cotc):
    return dtc.float()*(1 - tc.float()**2) + cotc.float()
