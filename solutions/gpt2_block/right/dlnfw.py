# form: einsum
def dlnfw(dlnf, res3):
    return torch.einsum('ntc,ntc->c', dlnf, normalize(res3)[0])


# form: from lnf itself
def dlnfw(dlnf, lnf, lnfw, lnfb):
    return (dlnf*(lnf - lnfb)/lnfw).sum((0, 1))


# form: layer norm without gain and bias
def dlnfw(dlnf, res3, C):
    return (dlnf*F.layer_norm(res3, (C,))).sum(0).sum(0)


# form: flattened to one table of tokens
def dlnfw(dlnf, res3):
    return (dlnf*normalize(res3)[0]).flatten(0, 1).sum(0)
