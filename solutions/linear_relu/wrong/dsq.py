# mistake: constant_factor -- the mean over the examples only
def dsq(sq):
    return torch.ones_like(sq)/sq.shape[0]


# mistake: constant_factor -- the mean over the outputs only
def dsq(sq):
    return torch.ones_like(sq)/sq.shape[1]


# mistake: constant_factor -- mean treated as a sum
def dsq(sq):
    return torch.ones_like(sq)


# mistake: constant_factor -- a half, as if the loss were half the error
def dsq(sq):
    return 0.5*torch.ones_like(sq)/sq.numel()


# mistake: not_expanded -- one number
def dsq(sq, dloss):
    return dloss/sq.numel()


# mistake: hard_coded -- 48 numbers
def dsq(sq):
    return torch.ones_like(sq)/48


# mistake: zeros -- left as zeros
def dsq(sq):
    return torch.zeros_like(sq)
