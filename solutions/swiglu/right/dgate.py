# form: two steps with +=
def dgate(dact, dsig, sig):
    d = dact*sig
    d += dsig*sig*(1 - sig)
    return d


# form: silu's own derivative
def dgate(dact, gate, sig):
    return dact*sig*(1 + gate*(1 - sig))


# form: silu's own derivative with act
def dgate(dact, act, sig):
    return dact*(act + sig*(1 - act))


# form: sigmoid recomputed
def dgate(dact, gate):
    return dact*torch.sigmoid(gate)*(1 + gate*torch.sigmoid(-gate))


# form: in float32 whatever the input
def dgate(dact, gate, sig):
    return dact.float()*sig.float()*(1 + gate.float()*(1 - sig.float()))
