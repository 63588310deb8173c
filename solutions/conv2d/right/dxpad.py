# form: pixel of the window by pixel of the window
def dxpad(dcols, xpad, n, c, Ho, Wo):
    d = torch.zeros_like(xpad)
    dc = dcols.view(n, c, 3, 2, Ho, Wo)
    for i in range(3):
        for j in range(2):
            d[:, :, i:i+2*Ho:2, j:j+2*Wo:2] += dc[:, :, i, j]
    return d


# form: window by window
def dxpad(dcols, xpad, n, c, Ho, Wo):
    d = torch.zeros_like(xpad)
    dc = dcols.view(n, c, 3, 2, Ho, Wo)
    for i in range(Ho):
        for j in range(Wo):
            d[:, :, 2*i:2*i+3, 2*j:2*j+2] += dc[..., i, j]
    return d


# form: numbered pixels and index_add
def dxpad(dcols, xpad, n):
    ix = F.unfold(torch.arange(float(xpad[0].numel())).view(1, *xpad.shape[1:]), (3, 2), stride=2).long()
    return torch.zeros(n, xpad[0].numel()).index_add(1, ix.view(-1), dcols.reshape(n, -1)).view(xpad.shape)


# form: a transposed convolution, which does the same in one call
def dxpad(doutmat, W, xpad, n, o, Ho, Wo):
    d = F.conv_transpose2d(doutmat.view(n, o, Ho, Wo), W, stride=2)
    return F.pad(d, (0, xpad.shape[3] - d.shape[3], 0, xpad.shape[2] - d.shape[2]))
