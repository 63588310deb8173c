# mistake: other_gradient -- that of the reset gate
def dWz(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    dar, _, _, _, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('nti,tnj->ij', x, dar)
