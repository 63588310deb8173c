# form: from the first step to the last
def dWxh(da1, da2, da3, da4, x):
    return x[:, 0].T @ da1 + x[:, 1].T @ da2 + x[:, 2].T @ da3 + x[:, 3].T @ da4


# form: a loop
def dWxh(da1, da2, da3, da4, x, Wxh):
    d = torch.zeros_like(Wxh)
    for t, da in enumerate((da1, da2, da3, da4)):
        d += x[:, t].T @ da
    return d


# form: einsum
def dWxh(da1, da2, da3, da4, x):
    return torch.einsum('nti,ntj->ij', x, torch.stack([da1, da2, da3, da4], 1))


# form: all steps in one product
def dWxh(da1, da2, da3, da4, x):
    return x.reshape(-1, x.shape[2]).T @ torch.stack([da1, da2, da3, da4], 1).flatten(0, 1)
