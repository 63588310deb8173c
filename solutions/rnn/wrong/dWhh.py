# mistake: missing_path -- only the last step
def dWhh(da4, h3):
    return h3.T @ da4


# mistake: missing_path -- the first step is missing
def dWhh(da2, da3, da4, h1, h2, h3):
    return h3.T @ da4 + h2.T @ da3 + h1.T @ da2


# mistake: wrong_operand -- the state each step produced instead of the one it used
def dWhh(da1, da2, da3, da4, h1, h2, h3, h4):
    return h4.T @ da4 + h3.T @ da3 + h2.T @ da2 + h1.T @ da1


# mistake: transposed -- rows and columns swapped
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return da4.T @ h3 + da3.T @ h2 + da2.T @ h1 + da1.T @ h0


# mistake: constant_factor -- averaged over the steps
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return (h3.T @ da4 + h2.T @ da3 + h1.T @ da2 + h0.T @ da1)/4


# mistake: constant_factor -- averaged over the minibatch
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return (h3.T @ da4 + h2.T @ da3 + h1.T @ da2 + h0.T @ da1)/h0.shape[0]


# mistake: other_gradient -- the tanh is skipped
def dWhh(dh1, dh2, dh3, dh4, h0, h1, h2, h3):
    return h3.T @ dh4 + h2.T @ dh3 + h1.T @ dh2 + h0.T @ dh1


# mistake: wrong_operand -- a instead of h
def dWhh(da1, da2, da3, da4, h0, a1, a2, a3):
    return a3.T @ da4 + a2.T @ da3 + a1.T @ da2 + h0.T @ da1


# mistake: wrong_path -- time runs backward
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return h0.T @ da4 + h1.T @ da3 + h2.T @ da2 + h3.T @ da1


# mistake: summed_too_far -- added up before the product
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return (h0 + h1 + h2 + h3).T @ (da1 + da2 + da3 + da4)


# mistake: not_summed -- one matrix per step
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return torch.stack([h0.T @ da1, h1.T @ da2, h2.T @ da3, h3.T @ da4])


# mistake: wrong_path -- each step overwrites the previous one
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    d = h3.T @ da4
    d = h2.T @ da3
    d = h1.T @ da2
    d = h0.T @ da1
    return d


# mistake: sign -- a minus
def dWhh(da1, da2, da3, da4, h0, h1, h2, h3):
    return -(h3.T @ da4 + h2.T @ da3 + h1.T @ da2 + h0.T @ da1)


# mistake: zeros -- left as zeros
def dWhh(Whh):
    return torch.zeros_like(Whh)
