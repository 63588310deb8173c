# mistake: repeated_index -- overlapping windows overwrite each other
def dxpad(dcols, xpad, n, c, Ho, Wo):
    d = torch.zeros_like(xpad)
    dc = dcols.view(n, c, 3, 2, Ho, Wo)
    for i in range(Ho):
        for j in range(Wo):
            d[:, :, 2*i:2*i+3, 2*j:2*j+2] = dc[..., i, j]
    return d


# mistake: repeated_index -- pixels of a window overwrite each other
def dxpad(dcols, xpad, n, c, Ho, Wo):
    d = torch.zeros_like(xpad)
    dc = dcols.view(n, c, 3, 2, Ho, Wo)
    for i in range(3):
        for j in range(2):
            d[:, :, i:i+2*Ho:2, j:j+2*Wo:2] = dc[:, :, i, j]
    return d


# mistake: wrong_index -- the stride is missing
def dxpad(dcols, xpad, n, c, Ho, Wo):
    d = torch.zeros_like(xpad)
    dc = dcols.view(n, c, 3, 2, Ho, Wo)
    for i in range(3):
        for j in range(2):
            d[:, :, i:i+Ho, j:j+Wo] += dc[:, :, i, j]
    return d


# mistake: wrong_index -- fold without its stride
def dxpad(dcols, xpad, Ho, Wo):
    d = F.fold(dcols, (Ho + 2, Wo + 1), (3, 2))
    return F.pad(d, (0, xpad.shape[3] - d.shape[3], 0, xpad.shape[2] - d.shape[2]))


# mistake: wrong_index -- the window flipped
def dxpad(dcols, xpad, n, c, Ho, Wo):
    d = torch.zeros_like(xpad)
    dc = dcols.view(n, c, 3, 2, Ho, Wo)
    for i in range(3):
        for j in range(2):
            d[:, :, i:i+2*Ho:2, j:j+2*Wo:2] += dc[:, :, 2 - i, 1 - j]
    return d


# mistake: permuted -- columns of the window before rows
def dxpad(dcols, xpad, n, c, Ho, Wo):
    dc = dcols.view(n, c, 2, 3, -1).transpose(2, 3).reshape(dcols.shape)
    return F.fold(dc, xpad.shape[2:], (3, 2), stride=2)


# mistake: permuted -- pixels of a window before channels
def dxpad(dcols, xpad, n, c):
    dc = dcols.view(n, 6, c, -1).transpose(1, 2).reshape(dcols.shape)
    return F.fold(dc, xpad.shape[2:], (3, 2), stride=2)


# mistake: constant_factor -- divided by how many times a pixel was copied
def dxpad(dcols, xpad):
    d = F.fold(dcols, xpad.shape[2:], (3, 2), stride=2)
    return d/F.fold(torch.ones_like(dcols), xpad.shape[2:], (3, 2), stride=2).clamp(min=1)


# mistake: summed_too_far -- the same for every image
def dxpad(dcols, xpad):
    return F.fold(dcols.sum(0, keepdim=True), xpad.shape[2:], (3, 2), stride=2).expand_as(xpad)


# mistake: wrong_index -- off by one pixel
def dxpad(dcols, xpad):
    return F.fold(dcols, xpad.shape[2:], (3, 2), stride=2).roll(1, 3)


# mistake: hard_coded -- 10 by 15 pixels
def dxpad(dcols):
    return F.fold(dcols, (10, 15), (3, 2), stride=2)


# mistake: upstream_unused -- how many times a pixel was copied
def dxpad(cols, xpad):
    return F.fold(torch.ones_like(cols), xpad.shape[2:], (3, 2), stride=2)


# mistake: sign -- a minus
def dxpad(dcols, xpad):
    return -F.fold(dcols, xpad.shape[2:], (3, 2), stride=2)


# mistake: zeros -- left as zeros
def dxpad(xpad):
    return torch.zeros_like(xpad)
