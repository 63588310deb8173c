# mistake: sign -- the minus is missing
def dlse(dlogp):
    return dlogp.sum(1, keepdim=True)


# mistake: keepdim -- the dimension is lost
def dlse(dlogp):
    return -dlogp.sum(1)


# mistake: wrong_axis -- summed over the examples
def dlse(dlogp):
    return -dlogp.sum(0, keepdim=True)


# mistake: not_summed -- the full table
def dlse(dlogp):
    return -dlogp


# mistake: constant_factor -- mean instead of sum
def dlse(dlogp):
    return -dlogp.mean(1, keepdim=True)


# mistake: wrong_operand -- times lse
def dlse(dlogp, lse):
    return -dlogp.sum(1, keepdim=True)*lse


# mistake: hard_coded -- 32 examples
def dlse(lse):
    return torch.ones_like(lse)/32


# mistake: zeros -- left as zeros
def dlse(lse):
    return torch.zeros_like(lse)
