# form: einsum
def dq(dpreatt, k, hs):
    return torch.einsum('nhts,nhsc->nhtc', dpreatt, k)*hs**-0.5


# form: divided by the root, at the end
def dq(dpreatt, k, hs):
    return dpreatt @ k/hs**0.5
