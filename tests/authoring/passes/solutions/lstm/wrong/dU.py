# mistake: wrong_index -- the state after each step
def dU(dout, out, x, W, U, b):
    return torch.einsum('tni,tnj->ij', out, _through_time(dout, out, x, W, U, b)[0])


# mistake: missing_path -- the last step is left out
def dU(dout, out, x, W, U, b):
    da, before = _through_time(dout, out, x, W, U, b)
    return torch.einsum('tni,tnj->ij', before[:-1], da[:-1])
