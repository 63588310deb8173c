# form: pixel of the window by pixel of the window
def dx(dflat, x, n, c, Ho, Wo):
    d = torch.zeros_like(x)
    df = dflat.view(n, c, 3, 3, Ho, Wo)
    for i in range(3):
        for j in range(3):
            d[:, :, i:i+2*Ho:2, j:j+2*Wo:2] += df[:, :, i, j]
    return d


# form: window by window
def dx(dcols, x, n, c, Ho, Wo):
    d = torch.zeros_like(x)
    df = dcols.view(n, c, 3, 3, Ho, Wo)
    for i in range(Ho):
        for j in range(Wo):
            d[:, :, 2*i:2*i+3, 2*j:2*j+3] += df[..., i, j]
    return d


# form: numbered pixels and index_add
def dx(dcols, x, n):
    ix = F.unfold(torch.arange(float(x[0].numel())).view(1, *x.shape[1:]), 3, stride=2).long()
    return torch.zeros(n, x[0].numel()).index_add(1, ix.view(-1), dcols.reshape(n, -1)).view(x.shape)


# form: straight to the maxima, window by window
def dx(dout, x, Ho, Wo):
    d = torch.zeros_like(x)
    for i in range(Ho):
        for j in range(Wo):
            win = x[:, :, 2*i:2*i+3, 2*j:2*j+3]
            d[:, :, 2*i:2*i+3, 2*j:2*j+3] += (win == win.amax((2, 3), keepdim=True))*dout[:, :, i, j][..., None, None]
    return d


# form: in float32 whatever the input
def dx(dcols, x):
    return F.fold(dcols.float(), x.shape[2:], 3, stride=2)
