# form: einsum
def dfch_gelu(dfcproj, fcprojw):
    return torch.einsum('ntj,ji->nti', dfcproj, fcprojw)


# form: F.linear, which transposes its weights
def dfch_gelu(dfcproj, fcprojw):
    return F.linear(dfcproj, fcprojw.T)


# form: flattened to one table of tokens
def dfch_gelu(dfcproj, fcprojw, fch_gelu):
    return (dfcproj.flatten(0, 1) @ fcprojw).view(fch_gelu.shape)
