# mistake: not_summed -- not summed over the batch
def dw_dw(ddepth, x, w_dw):
    n, c, h, w = x.shape
    windows = F.unfold(x, 3, padding=1).view(n, c, 9, h * w)
    return torch.einsum('ncl,nckl->nck', ddepth.flatten(2), windows)
