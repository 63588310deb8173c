# mistake: missing_path -- only the last step
def dWxh(da4, x):
    return x[:, 3].T @ da4


# mistake: missing_path -- one step is missing
def dWxh(da1, da3, da4, x):
    return x[:, 3].T @ da4 + x[:, 2].T @ da3 + x[:, 0].T @ da1


# mistake: wrong_index -- each step with the previous input
def dWxh(da1, da2, da3, da4, x):
    return x[:, 2].T @ da4 + x[:, 1].T @ da3 + x[:, 0].T @ da2


# mistake: wrong_path -- time runs backward
def dWxh(da1, da2, da3, da4, x):
    return x[:, 0].T @ da4 + x[:, 1].T @ da3 + x[:, 2].T @ da2 + x[:, 3].T @ da1


# mistake: transposed -- transposed
def dWxh(da1, da2, da3, da4, x):
    return (x[:, 3].T @ da4 + x[:, 2].T @ da3 + x[:, 1].T @ da2 + x[:, 0].T @ da1).T


# mistake: other_gradient -- the tanh is skipped
def dWxh(dh1, dh2, dh3, dh4, x):
    return x[:, 3].T @ dh4 + x[:, 2].T @ dh3 + x[:, 1].T @ dh2 + x[:, 0].T @ dh1


# mistake: constant_factor -- averaged over the steps
def dWxh(da1, da2, da3, da4, x):
    return (x[:, 3].T @ da4 + x[:, 2].T @ da3 + x[:, 1].T @ da2 + x[:, 0].T @ da1)/4


# mistake: summed_too_far -- added up before the product
def dWxh(da1, da2, da3, da4, x):
    return x.sum(1).T @ (da1 + da2 + da3 + da4)


# mistake: not_summed -- one matrix per step
def dWxh(da1, da2, da3, da4, x):
    return torch.stack([x[:, 0].T @ da1, x[:, 1].T @ da2, x[:, 2].T @ da3, x[:, 3].T @ da4])


# mistake: sign -- a minus
def dWxh(da1, da2, da3, da4, x):
    return -(x[:, 3].T @ da4 + x[:, 2].T @ da3 + x[:, 1].T @ da2 + x[:, 0].T @ da1)


# mistake: zeros -- left as zeros
def dWxh(Wxh):
    return torch.zeros_like(Wxh)
