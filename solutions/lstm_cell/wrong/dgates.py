# mistake: wrong_index -- f before i
def dgates(dgi, dgf, dgg, dgo):
    return torch.cat([dgf, dgi, dgg, dgo], 1)


# mistake: wrong_index -- the gate order of another library: i, f, o, g
def dgates(dgi, dgf, dgg, dgo):
    return torch.cat([dgi, dgf, dgo, dgg], 1)


# mistake: wrong_index -- in the order of the backward pass
def dgates(dgi, dgf, dgg, dgo):
    return torch.cat([dgo, dgg, dgf, dgi], 1)


# mistake: wrong_axis -- stacked below each other
def dgates(dgi, dgf, dgg, dgo):
    return torch.cat([dgi, dgf, dgg, dgo], 0)


# mistake: permuted -- unit by unit instead of gate by gate
def dgates(dgi, dgf, dgg, dgo):
    return torch.stack([dgi, dgf, dgg, dgo], 2).flatten(1)


# mistake: missing_path -- the gate o is missing
def dgates(dgi, dgf, dgg):
    return torch.cat([dgi, dgf, dgg, torch.zeros_like(dgg)], 1)


# mistake: summed_too_far -- added up
def dgates(dgi, dgf, dgg, dgo):
    return dgi + dgf + dgg + dgo


# mistake: other_gradient -- the gates after their sigmoid
def dgates(di, df, dg, do):
    return torch.cat([di, df, dg, do], 1)


# mistake: hard_coded -- eight units
def dgates(dgi, dgf, dgg, dgo, gates):
    d = torch.zeros_like(gates)
    d[:, :8] = dgi
    d[:, 8:16] = dgf
    d[:, 16:24] = dgg
    d[:, 24:] = dgo
    return d


# mistake: sign -- a minus
def dgates(dgi, dgf, dgg, dgo):
    return -torch.cat([dgi, dgf, dgg, dgo], 1)


# mistake: zeros -- left as zeros
def dgates(gates):
    return torch.zeros_like(gates)
