# mistake: repeated_index -- overlapping windows overwrite each other
def dx(dcols, x, n, c, Ho, Wo):
    d = torch.zeros_like(x)
    df = dcols.view(n, c, 3, 3, Ho, Wo)
    for i in range(Ho):
        for j in range(Wo):
            d[:, :, 2*i:2*i+3, 2*j:2*j+3] = df[..., i, j]
    return d


# mistake: repeated_index -- pixels of a window overwrite each other
def dx(dcols, x, n, c, Ho, Wo):
    d = torch.zeros_like(x)
    df = dcols.view(n, c, 3, 3, Ho, Wo)
    for i in range(3):
        for j in range(3):
            d[:, :, i:i+2*Ho:2, j:j+2*Wo:2] = df[:, :, i, j]
    return d


# mistake: wrong_index -- the stride is missing
def dx(dcols, x, n, c, Ho, Wo):
    d = torch.zeros_like(x)
    df = dcols.view(n, c, 3, 3, Ho, Wo)
    for i in range(3):
        for j in range(3):
            d[:, :, i:i+Ho, j:j+Wo] += df[:, :, i, j]
    return d


# mistake: wrong_index -- windows side by side, three pixels apart
def dx(dcols, x, n, c, Ho, Wo):
    d = torch.zeros_like(x)
    df = dcols.view(n, c, 3, 3, Ho, Wo)
    for i in range(Ho):
        for j in range(Wo):
            part = d[:, :, 3*i:3*i+3, 3*j:3*j+3]
            part += df[..., i, j][:, :, :part.shape[2], :part.shape[3]]
    return d


# mistake: permuted -- columns of the window before rows
def dx(dcols, x, n, c):
    return F.fold(dcols.view(n, c, 3, 3, -1).transpose(2, 3).reshape(dcols.shape), x.shape[2:], 3, stride=2)


# mistake: permuted -- pixels before channels
def dx(dcols, x, n, c):
    return F.fold(dcols.view(n, 9, c, -1).transpose(1, 2).reshape(dcols.shape), x.shape[2:], 3, stride=2)


# mistake: wrong_operand -- only positive pixels
def dx(dcols, x):
    return F.fold(dcols, x.shape[2:], 3, stride=2)*(x > 0)


# mistake: constant_factor -- divided by how many times a pixel was copied
def dx(dcols, x):
    return F.fold(dcols, x.shape[2:], 3, stride=2)/F.fold(torch.ones_like(dcols), x.shape[2:], 3, stride=2).clamp(min=1)


# mistake: wrong_index -- spread like an average, by upsampling
def dx(dout, x):
    return F.interpolate(dout, x.shape[2:])


# mistake: wrong_index -- off by one pixel
def dx(dcols, x):
    return F.fold(dcols, x.shape[2:], 3, stride=2).roll(1, 3)


# mistake: hard_coded -- 8 by 13 pixels
def dx(dcols):
    return F.fold(dcols, (8, 13), 3, stride=2)


# mistake: upstream_unused -- how many times a pixel was copied
def dx(cols, x):
    return F.fold(torch.ones_like(cols), x.shape[2:], 3, stride=2)


# mistake: sign -- a minus
def dx(dcols, x):
    return -F.fold(dcols, x.shape[2:], 3, stride=2)


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
