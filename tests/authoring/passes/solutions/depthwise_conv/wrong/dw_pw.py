# mistake: keepdim -- the dimensions of size 1 are missing
def dw_pw(dout, act):
    return torch.einsum('nohw,nchw->oc', dout, act)
