# form: transposed by dimension
def dhprev(dgates, Wh):
    return dgates @ Wh.transpose(0, 1)


# form: einsum
def dhprev(dgates, Wh):
    return torch.einsum('nj,ij->ni', dgates, Wh)


# form: gate by gate
def dhprev(dgi, dgf, dgg, dgo, Wh):
    return sum(d @ w.T for d, w in zip((dgi, dgf, dgg, dgo), Wh.chunk(4, 1)))
