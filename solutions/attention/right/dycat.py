# form: einsum
def dycat(dout, Wo):
    return torch.einsum('ntj,ij->nti', dout, Wo)


# form: F.linear, which transposes its weights
def dycat(dout, Wo):
    return torch.nn.functional.linear(dout, Wo)


# form: flattened to one table of tokens
def dycat(dout, Wo, ycat):
    return (dout.flatten(0, 1) @ Wo.T).view(ycat.shape)
