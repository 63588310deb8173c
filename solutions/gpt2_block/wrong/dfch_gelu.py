# mistake: constant_factor -- averaged over the examples
def dfch_gelu(dfcproj, fcprojw, n):
    return dfcproj @ fcprojw/n


# mistake: wrong_operand -- times its own value
def dfch_gelu(dfcproj, fcprojw, fch_gelu):
    return dfcproj @ fcprojw*fch_gelu


# mistake: upstream_unused -- only the weights
def dfch_gelu(fch_gelu, fcprojw):
    return fcprojw.sum(0).expand_as(fch_gelu)


# mistake: wrong_operand -- absolute weights
def dfch_gelu(dfcproj, fcprojw):
    return dfcproj @ fcprojw.abs()


# mistake: sign -- a minus
def dfch_gelu(dfcproj, fcprojw):
    return -dfcproj @ fcprojw


# mistake: zeros -- left as zeros
def dfch_gelu(fch_gelu):
    return torch.zeros_like(fch_gelu)
