# form: the lecture
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0) - n/(n-1)*bnraw*(dhpreact*bnraw).sum(0))


# form: with means
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv*(dhpreact - dhpreact.mean(0) - n/(n-1)*bnraw*(dhpreact*bnraw).mean(0))


# form: the variance path over n-1
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv*(dhpreact - dhpreact.mean(0) - bnraw*(dhpreact*bnraw).sum(0)/(n-1))


# form: the two sums are those of dbngain and dbnbias
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return bngain*bnvar_inv/n * (n*dhpreact - dhpreact.sum(0, keepdim=True) - n/(n-1)*bnraw*(bnraw*dhpreact).sum(0, keepdim=True))


# form: the gain inside
def dhprebn(dhpreact, dbnraw, bngain, bnvar_inv, bnraw, n):
    dbnraw = bngain*dhpreact
    return bnvar_inv*(dbnraw - dbnraw.mean(0) - bnraw*(dbnraw*bnraw).sum(0)/(n-1))


# form: the root instead of bnvar_inv
def dhprebn(dhpreact, bngain, bnvar, bnraw, n):
    return bngain/torch.sqrt(bnvar + 1e-5)*(dhpreact - dhpreact.mean(0) - bnraw*(dhpreact*bnraw).sum(0)/(n-1))


# form: without bnraw
def dhprebn(dhpreact, bngain, bnvar_inv, hprebn, bnmean, n):
    return bngain*bnvar_inv*(dhpreact - dhpreact.mean(0) - (hprebn - bnmean)*bnvar_inv**2*(dhpreact*(hprebn - bnmean)).sum(0)/(n-1))


# form: step by step, through mean and variance
def dhprebn(dhpreact, dbnraw, dbnvar, bngain, hprebn, bnmean, bnvar_inv, n):
    dbnraw = bngain*dhpreact
    bndiff = hprebn - bnmean
    dbnvar = -0.5*bnvar_inv**3*(dbnraw*bndiff).sum(0, keepdim=True)
    dbndiff = dbnraw*bnvar_inv + 2*bndiff*dbnvar/(n-1)
    return dbndiff - dbndiff.mean(0)


# form: column by column
def dhprebn(dhpreact, hprebn, bnraw, bngain, bnvar_inv, n):
    columns = []
    for j in range(hprebn.shape[1]):
        d, x = dhpreact[:, j], bnraw[:, j]
        columns.append(bngain[0, j]*bnvar_inv[0, j]*(d - d.mean() - x*(d*x).sum()/(n-1)))
    return torch.stack(columns, 1)


# form: a projection matrix per column
def dhprebn(dhpreact, bnraw, hprebn, bngain, bnvar_inv, n):
    columns = []
    for j in range(hprebn.shape[1]):
        x = bnraw[:, j]
        P = torch.eye(n) - 1/n - torch.outer(x, x)/(n-1)
        columns.append(bngain[0, j]*bnvar_inv[0, j]*(P @ dhpreact[:, j]))
    return torch.stack(columns, 1)


# form: cot, which equals dhpreact here
def dhprebn(bngain, bnvar_inv, cot, bnraw, n):
    return bngain*bnvar_inv/n * (n*cot - cot.sum(0) - n/(n-1)*bnraw*(cot*bnraw).sum(0))


# form: in float32 whatever the input
def dhprebn(dhpreact, bngain, bnvar_inv, bnraw, n):
    return (bngain*bnvar_inv).float()*(dhpreact.float() - dhpreact.float().mean(0) - bnraw.float()*(dhpreact*bnraw).float().sum(0)/(n-1))
