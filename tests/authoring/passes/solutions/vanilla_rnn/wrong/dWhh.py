# mistake: wrong_index -- the state after each step instead of the one before
def dWhh(dout, out, Whh):
    return torch.einsum('nti,ntj->ij', out, _da(dout, out, Whh))


# mistake: missing_path -- no gradient flows to earlier steps
def dWhh(dout, out, h0):
    return torch.einsum('nti,ntj->ij', _before(out, h0), dout * (1 - out**2))
