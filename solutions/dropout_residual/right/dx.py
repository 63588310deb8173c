# form: two steps with +=
def dx(dout, dbranch, W):
    d = dout.clone()
    d += dbranch @ W.T
    return d


# form: the other order
def dx(dout, dbranch, W):
    return dbranch @ W.T + dout


# form: einsum
def dx(dout, dbranch, W):
    return dout + torch.einsum('nj,ij->ni', dbranch, W)


# form: addmm
def dx(dout, dbranch, W):
    return torch.addmm(dout, dbranch, W.T)


# form: fused down to cot
def dx(cot, mask, p, W):
    return cot + (cot*mask/(1 - p)) @ W.T


# form: in float32 whatever the input
def dx(dout, dbranch, W):
    return dout.float() + dbranch.float() @ W.float().T
