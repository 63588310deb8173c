# mistake: not_summed -- summed over the examples only
def dfcprojb(dfcproj):
    return dfcproj.sum(0)


# mistake: constant_factor -- averaged over the tokens
def dfcprojb(dfcproj):
    return dfcproj.mean((0, 1))


# mistake: keepdim -- size-1 dimensions are left
def dfcprojb(dfcproj):
    return dfcproj.sum((0, 1), keepdim=True)


# mistake: wrong_index -- the first token only
def dfcprojb(dfcproj):
    return dfcproj[:, 0].sum(0)


# mistake: wrong_operand -- times the bias
def dfcprojb(dfcproj, fcprojb):
    return dfcproj.sum((0, 1))*fcprojb


# mistake: sign -- a minus
def dfcprojb(dfcproj):
    return -dfcproj.sum((0, 1))


# mistake: zeros -- left as zeros
def dfcprojb(fcprojb):
    return torch.zeros_like(fcprojb)
