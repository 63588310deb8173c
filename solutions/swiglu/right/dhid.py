# form: einsum
def dhid(dout, Wd):
    return torch.einsum('ntc,hc->nth', dout, Wd)


# form: turned by its dimensions
def dhid(dout, Wd):
    return dout @ Wd.transpose(0, 1)


# form: one long table of tokens
def dhid(dout, Wd, hid):
    return (dout.flatten(0, 1) @ Wd.T).view(hid.shape)
