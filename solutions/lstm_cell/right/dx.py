# form: transposed by dimension
def dx(dgates, Wx):
    return dgates @ Wx.transpose(0, 1)


# form: einsum
def dx(dgates, Wx):
    return torch.einsum('nj,ij->ni', dgates, Wx)


# form: gate by gate
def dx(dgi, dgf, dgg, dgo, Wx):
    return sum(d @ w.T for d, w in zip((dgi, dgf, dgg, dgo), Wx.chunk(4, 1)))
