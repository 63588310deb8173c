# mistake: missing_path -- only the loss of this step
def dh1(dH):
    return dH[:, 0]


# mistake: missing_path -- only the loss of later steps
def dh1(da2, Whh):
    return da2 @ Whh.T


# mistake: transposed -- Whh is not transposed
def dh1(dH, da2, Whh):
    return dH[:, 0] + da2 @ Whh


# mistake: wrong_path -- the tanh of the next step is skipped
def dh1(dH, dh2, Whh):
    return dH[:, 0] + dh2 @ Whh.T


# mistake: wrong_index -- the slice of another step
def dh1(dH, da2, Whh):
    return dH[:, 1] + da2 @ Whh.T


# mistake: wrong_path -- the weights are skipped
def dh1(dH, da2):
    return dH[:, 0] + da2


# mistake: doubled_path -- the next step twice
def dh1(dH, da2, Whh):
    return dH[:, 0] + 2*da2 @ Whh.T


# mistake: negated_path -- the next step with a minus
def dh1(dH, da2, Whh):
    return dH[:, 0] - da2 @ Whh.T


# mistake: zeros -- left as zeros
def dh1(h1):
    return torch.zeros_like(h1)
