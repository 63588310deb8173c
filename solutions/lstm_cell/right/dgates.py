# form: slice by slice
def dgates(dgi, dgf, dgg, dgo, gates, H):
    d = torch.zeros_like(gates)
    d[:, :H] = dgi
    d[:, H:2*H] = dgf
    d[:, 2*H:3*H] = dgg
    d[:, 3*H:] = dgo
    return d


# form: stacked, then flattened
def dgates(dgi, dgf, dgg, dgo):
    return torch.stack([dgi, dgf, dgg, dgo], 1).flatten(1)


# form: hstack
def dgates(dgi, dgf, dgg, dgo):
    return torch.hstack((dgi, dgf, dgg, dgo))
