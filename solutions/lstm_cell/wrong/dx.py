# mistake: transposed -- transposed
def dx(dgates, Wx):
    return Wx @ dgates.T


# mistake: missing_path -- only the gate i
def dx(dgi, Wx, H):
    return dgi @ Wx[:, :H].T


# mistake: missing_path -- the gate o is missing
def dx(dgi, dgf, dgg, Wx, H):
    return torch.cat([dgi, dgf, dgg], 1) @ Wx[:, :3*H].T


# mistake: wrong_path -- the skip connection of another network
def dx(dgates, Wx, x):
    return dgates @ Wx.T + x


# mistake: other_gradient -- the gates after their sigmoid
def dx(di, df, dg, do, Wx):
    return torch.cat([di, df, dg, do], 1) @ Wx.T


# mistake: constant_factor -- averaged over the minibatch
def dx(dgates, Wx):
    return dgates @ Wx.T/dgates.shape[0]


# mistake: upstream_unused -- only the weights
def dx(x, Wx):
    return Wx.sum(1).expand_as(x)


# mistake: wrong_index -- gates in reverse order
def dx(dgi, dgf, dgg, dgo, Wx):
    return torch.cat([dgo, dgg, dgf, dgi], 1) @ Wx.T


# mistake: sign -- a minus
def dx(dgates, Wx):
    return -dgates @ Wx.T


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
