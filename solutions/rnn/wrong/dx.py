# mistake: wrong_axis -- time before examples
def dx(da1, da2, da3, da4, Wxh):
    return torch.stack([da1 @ Wxh.T, da2 @ Wxh.T, da3 @ Wxh.T, da4 @ Wxh.T])


# mistake: wrong_path -- time runs backward
def dx(da1, da2, da3, da4, Wxh):
    return torch.stack([da4, da3, da2, da1], 1) @ Wxh.T


# mistake: missing_path -- only the last step
def dx(da4, Wxh, x):
    d = torch.zeros_like(x)
    d[:, 3] = da4 @ Wxh.T
    return d


# mistake: permuted -- viewed instead of stacked
def dx(da1, da2, da3, da4, Wxh, x):
    return torch.cat([da1 @ Wxh.T, da2 @ Wxh.T, da3 @ Wxh.T, da4 @ Wxh.T]).view(x.shape)


# mistake: summed_too_far -- the same for every step
def dx(da1, da2, da3, da4, Wxh, x):
    return ((da1 + da2 + da3 + da4) @ Wxh.T)[:, None].expand_as(x)


# mistake: other_gradient -- the tanh is skipped
def dx(dh1, dh2, dh3, dh4, Wxh):
    return torch.stack([dh1, dh2, dh3, dh4], 1) @ Wxh.T


# mistake: other_gradient -- only the loss at each step itself
def dx(dH, H, Wxh):
    return (dH*(1 - H**2)) @ Wxh.T


# mistake: wrong_index -- one step too early
def dx(da1, da2, da3, da4, Wxh, x):
    return torch.stack([da2, da3, da4, torch.zeros_like(da4)], 1) @ Wxh.T


# mistake: sign -- a minus
def dx(da1, da2, da3, da4, Wxh):
    return torch.stack([da1, da2, da3, da4], 1) @ -Wxh.T


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
