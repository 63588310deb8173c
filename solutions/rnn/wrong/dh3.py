# mistake: missing_path -- only the loss of this step
def dh3(dH):
    return dH[:, 2]


# mistake: missing_path -- only the loss of later steps
def dh3(da4, Whh):
    return da4 @ Whh.T


# mistake: transposed -- Whh is not transposed
def dh3(dH, da4, Whh):
    return dH[:, 2] + da4 @ Whh


# mistake: wrong_path -- the tanh of the next step is skipped
def dh3(dH, dh4, Whh):
    return dH[:, 2] + dh4 @ Whh.T


# mistake: wrong_index -- the slice of another step
def dh3(dH, da4, Whh):
    return dH[:, 3] + da4 @ Whh.T


# mistake: wrong_path -- the weights are skipped
def dh3(dH, da4):
    return dH[:, 2] + da4


# mistake: doubled_path -- the next step twice
def dh3(dH, da4, Whh):
    return dH[:, 2] + 2*da4 @ Whh.T


# mistake: negated_path -- the next step with a minus
def dh3(dH, da4, Whh):
    return dH[:, 2] - da4 @ Whh.T


# mistake: zeros -- left as zeros
def dh3(h3):
    return torch.zeros_like(h3)
