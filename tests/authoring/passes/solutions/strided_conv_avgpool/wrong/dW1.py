# mistake: wrong_operand -- the padding is forgotten
def dW1(dh, x, W1, b1):
    cols = F.unfold(F.pad(x, (0, 2, 0, 2)), 3, stride=2)
    return torch.einsum('nfl,ncl->fc', _dconv(dh, x, W1, b1).flatten(2), cols).view_as(W1)


# mistake: missing_path -- the relu is forgotten
def dW1(dh, x, W1, b1):
    conv = _run(x, W1, b1)
    height, width = conv.shape[2] // 2, conv.shape[3] // 2
    d = torch.zeros_like(conv)
    pooled = (dh / (height * width * 4))[:, :, None, None]
    d[:, :, :2 * height, :2 * width] = pooled.expand(-1, -1, 2 * height, 2 * width)
    cols = F.unfold(x, 3, stride=2, padding=1)
    return torch.einsum('nfl,ncl->fc', d.flatten(2), cols).view_as(W1)
