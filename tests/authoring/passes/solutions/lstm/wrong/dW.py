# mistake: sign -- a minus
def dW(dout, out, x, W, U, b):
    return -torch.einsum('tni,tnj->ij', x, _through_time(dout, out, x, W, U, b)[0])
