# mistake: upstream_only -- the relu6 is forgotten
def ddepth(dact):
    return dact.clone()


# mistake: wrong_operand -- the gate is inverted
def ddepth(dact, depth):
    return dact * (depth <= 0)
