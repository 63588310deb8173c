# mistake: transposed -- inputs by outputs
def dfcprojw(dfcproj, fch_gelu):
    return fch_gelu.flatten(0, 1).T @ dfcproj.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dfcprojw(dfcproj, fch_gelu):
    return dfcproj.transpose(1, 2) @ fch_gelu


# mistake: constant_factor -- averaged over the examples
def dfcprojw(dfcproj, fch_gelu):
    return (dfcproj.transpose(1, 2) @ fch_gelu).mean(0)


# mistake: constant_factor -- averaged over the tokens
def dfcprojw(dfcproj, fch_gelu, n, T):
    return weights_of(dfcproj, fch_gelu)/(n*T)


# mistake: wrong_index -- the last token only
def dfcprojw(dfcproj, fch_gelu):
    return dfcproj[:, -1].T @ fch_gelu[:, -1]


# mistake: wrong_operand -- fch instead of fch_gelu
def dfcprojw(dfcproj, fch):
    return weights_of(dfcproj, fch)


# mistake: upstream_only -- the inputs are missing
def dfcprojw(dfcproj, fcprojw):
    return dfcproj.sum((0, 1))[:, None].expand_as(fcprojw)


# mistake: upstream_unused -- the upstream gradient is missing
def dfcprojw(fch_gelu, fcprojw):
    return fch_gelu.sum((0, 1)).expand_as(fcprojw)


# mistake: sign -- a minus
def dfcprojw(dfcproj, fch_gelu):
    return -weights_of(dfcproj, fch_gelu)


# mistake: zeros -- left as zeros
def dfcprojw(fcprojw):
    return torch.zeros_like(fcprojw)
