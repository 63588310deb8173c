# form: einsum
def dhid(dout, Wd):
    return torch.einsum('ntc,hc->nth', dout, Wd)


# form: transposed by dimension
def dhid(dout, Wd):
    return dout @ Wd.transpose(0, 1)


# form: flattened to one table of tokens
def dhid(dout, Wd, hid):
    return (dout.flatten(0, 1) @ Wd.T).view(hid.shape)
