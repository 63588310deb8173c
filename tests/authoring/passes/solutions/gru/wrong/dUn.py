# mistake: wrong_operand -- the reset gate is left out
def dUn(dh, x, Wr, Wz, Wn, Ur, Uz, Un):
    _, _, dan, h, _ = _through_time(dh, x, Wr, Wz, Wn, Ur, Uz, Un)
    return torch.einsum('tni,tnj->ij', h, dan)
