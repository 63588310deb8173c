# mistake: permuted -- the taps in reverse order
def dw_dil(df, dg, xp, w_dil, dilation):
    both = torch.cat([df, dg], 1)
    T = both.shape[2]
    taps = [torch.einsum('not,nct->oc', both, xp[:, :, j * dilation:j * dilation + T]) for j in range(w_dil.shape[2])]
    return torch.stack(taps[::-1], 2)
