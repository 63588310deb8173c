# mistake: missing_path -- only the path as a factor
def dgate(dact, sig):
    return dact*sig


# mistake: missing_path -- only the path inside the sigmoid
def dgate(dsig, sig):
    return dsig*sig*(1 - sig)


# mistake: negated_path -- the sigmoid with a minus
def dgate(dact, dsig, sig):
    return dact*sig - dsig*sig*(1 - sig)


# mistake: doubled_path -- the sigmoid twice
def dgate(dact, dsig, sig):
    return dact*sig + 2*dsig*sig*(1 - sig)


# mistake: wrong_path -- the derivative of the tanh
def dgate(dact, dsig, sig):
    return dact*sig + dsig*(1 - sig**2)


# mistake: wrong_path -- the sigmoid's derivative is missing
def dgate(dact, dsig, sig):
    return dact*sig + dsig


# mistake: wrong_path -- gate instead of sig as the other factor
def dgate(dact, dsig, sig, gate):
    return dact*gate + dsig*sig*(1 - sig)


# mistake: wrong_path -- 1-sig is missing
def dgate(dact, dsig, sig):
    return dact*sig + dsig*sig


# mistake: wrong_path -- gate a second time inside the sigmoid
def dgate(dact, dsig, sig, gate):
    return dact*sig + dsig*gate*sig*(1 - sig)


# mistake: wrong_operand -- the derivative of relu
def dgate(dact, gate):
    return dact*(gate > 0)


# mistake: upstream_unused -- dact is missing
def dgate(gate, sig):
    return sig*(1 + gate*(1 - sig))


# mistake: other_gradient -- dhid instead of dact: up is missing
def dgate(dhid, gate, sig):
    return dhid*sig*(1 + gate*(1 - sig))


# mistake: wrong_path -- one path overwrites the other
def dgate(dact, dsig, sig):
    d = dact*sig
    d = dsig*sig*(1 - sig)
    return d


# mistake: sign -- everything with a minus
def dgate(dact, dsig, sig):
    return -dact*sig - dsig*sig*(1 - sig)


# mistake: zeros -- left as zeros
def dgate(gate):
    return torch.zeros_like(gate)
