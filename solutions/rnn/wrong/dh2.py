# mistake: missing_path -- only the loss of this step
def dh2(dH):
    return dH[:, 1]


# mistake: missing_path -- only the loss of later steps
def dh2(da3, Whh):
    return da3 @ Whh.T


# mistake: transposed -- Whh is not transposed
def dh2(dH, da3, Whh):
    return dH[:, 1] + da3 @ Whh


# mistake: wrong_path -- the tanh of the next step is skipped
def dh2(dH, dh3, Whh):
    return dH[:, 1] + dh3 @ Whh.T


# mistake: wrong_index -- the slice of another step
def dh2(dH, da3, Whh):
    return dH[:, 2] + da3 @ Whh.T


# mistake: wrong_path -- the weights are skipped
def dh2(dH, da3):
    return dH[:, 1] + da3


# mistake: doubled_path -- the next step twice
def dh2(dH, da3, Whh):
    return dH[:, 1] + 2*da3 @ Whh.T


# mistake: negated_path -- the next step with a minus
def dh2(dH, da3, Whh):
    return dH[:, 1] - da3 @ Whh.T


# mistake: zeros -- left as zeros
def dh2(h2):
    return torch.zeros_like(h2)
