# mistake: wrong_operand -- the gate is forgotten
def douts(dmix, outs):
    return dmix[:, None, :].expand_as(outs).clone()


# mistake: wrong_operand -- averaged over the experts
def douts(dmix, outs):
    return dmix[:, None, :].expand_as(outs) / outs.shape[1]
