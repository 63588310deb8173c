# mistake: permuted -- the filters are not flipped
def dx(ddepth, w_dw):
    return F.conv2d(ddepth, w_dw, padding=1, groups=w_dw.shape[0])


# mistake: wrong_operand -- the same filter for all channels
def dx(ddepth, x, w_dw):
    n, c, h, w = x.shape
    cols = w_dw[:1].view(1, 1, 9, 1) * ddepth.view(n, c, 1, h * w)
    return F.fold(cols.view(n, c * 9, h * w), (h, w), 3, padding=1)
