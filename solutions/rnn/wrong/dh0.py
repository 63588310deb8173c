# mistake: transposed -- Whh is not transposed
def dh0(da1, Whh):
    return da1 @ Whh


# mistake: wrong_path -- a slice of H, which it does not have
def dh0(da1, Whh, dH):
    return dH[:, 0] + da1 @ Whh.T


# mistake: missing_path -- the tanh is skipped
def dh0(dh1, Whh):
    return dh1 @ Whh.T


# mistake: upstream_only -- the weights are skipped
def dh0(da1):
    return da1.clone()


# mistake: other_gradient -- da2 instead of da1
def dh0(da2, Whh):
    return da2 @ Whh.T


# mistake: constant_factor -- averaged over the minibatch
def dh0(da1, Whh):
    return da1 @ Whh.T/da1.shape[0]


# mistake: sign -- a minus
def dh0(da1, Whh):
    return -da1 @ Whh.T


# mistake: zeros -- left as zeros
def dh0(h0):
    return torch.zeros_like(h0)
