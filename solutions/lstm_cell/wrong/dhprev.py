# mistake: transposed -- transposed
def dhprev(dgates, Wh):
    return Wh @ dgates.T


# mistake: missing_path -- only the gate i
def dhprev(dgi, Wh, H):
    return dgi @ Wh[:, :H].T


# mistake: missing_path -- the gate o is missing
def dhprev(dgi, dgf, dgg, Wh, H):
    return torch.cat([dgi, dgf, dgg], 1) @ Wh[:, :3*H].T


# mistake: wrong_path -- the skip connection of another network
def dhprev(dgates, Wh, hprev):
    return dgates @ Wh.T + hprev


# mistake: other_gradient -- the gates after their sigmoid
def dhprev(di, df, dg, do, Wh):
    return torch.cat([di, df, dg, do], 1) @ Wh.T


# mistake: constant_factor -- averaged over the minibatch
def dhprev(dgates, Wh):
    return dgates @ Wh.T/dgates.shape[0]


# mistake: upstream_unused -- only the weights
def dhprev(hprev, Wh):
    return Wh.sum(1).expand_as(hprev)


# mistake: wrong_index -- gates in reverse order
def dhprev(dgi, dgf, dgg, dgo, Wh):
    return torch.cat([dgo, dgg, dgf, dgi], 1) @ Wh.T


# mistake: sign -- a minus
def dhprev(dgates, Wh):
    return -dgates @ Wh.T


# mistake: zeros -- left as zeros
def dhprev(hprev):
    return torch.zeros_like(hprev)
