# form: from the first step to the last
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return h0.T @ da1 + h1.T @ da2 + h2.T @ da3 + h3.T @ da4


# form: a loop
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3, Whh):
    d = torch.zeros_like(Whh)
    for h, da in ((h3, da4), (h2, da3), (h1, da2), (h0, da1)):
        d += h.T @ da
    return d


# form: all steps in one product
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return torch.cat([h0, h1, h2, h3]).T @ torch.cat([da1, da2, da3, da4])


# form: einsum
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return torch.einsum('tni,tnj->ij', torch.stack([h0, h1, h2, h3]), torch.stack([da1, da2, da3, da4]))
