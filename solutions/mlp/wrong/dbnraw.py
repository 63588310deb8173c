# mistake: upstream_only -- dhpreact unchanged
def dbnraw(dhpreact):
    return dhpreact.clone()


# mistake: upstream_unused -- only the gain
def dbnraw(bngain, bnraw):
    return bngain * torch.ones_like(bnraw)


# mistake: not_expanded -- the gain as it is
def dbnraw(bngain):
    return bngain*1.0


# mistake: wrong_operand -- bnbias instead of bngain
def dbnraw(dhpreact, bnbias):
    return bnbias * dhpreact


# mistake: wrong_operand -- divided by the gain
def dbnraw(dhpreact, bngain):
    return dhpreact / bngain


# mistake: wrong_operand -- bnraw instead of bngain
def dbnraw(dhpreact, bnraw):
    return bnraw * dhpreact


# mistake: wrong_path -- the bias is multiplied too
def dbnraw(dhpreact, bngain, bnbias):
    return (bngain + bnbias) * dhpreact


# mistake: sign -- an extra minus
def dbnraw(dhpreact, bngain):
    return -bngain * dhpreact


# mistake: wrong_power -- the gain twice
def dbnraw(dhpreact, bngain):
    return bngain**2 * dhpreact


# mistake: summed_too_far -- summed over the minibatch
def dbnraw(dhpreact, bngain):
    return (bngain * dhpreact).sum(0, keepdim=True)


# mistake: other_gradient -- dh instead of dhpreact
def dbnraw(dh, bngain):
    return bngain * dh


# mistake: transposed -- transposed
def dbnraw(dhpreact, bngain):
    return (bngain * dhpreact).T


# mistake: float32_pinned -- the gain missing, in float32
def dbnraw(dhpreact):
    return dhpreact.float()*1


# mistake: zeros -- left as zeros
def dbnraw(bnraw):
    return torch.zeros_like(bnraw)
