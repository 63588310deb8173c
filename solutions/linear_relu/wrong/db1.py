# mistake: missing_path -- the gate is missing
def db1(dh):
    return dh.sum(0)


# mistake: constant_factor -- mean instead of sum
def db1(dz1):
    return dz1.mean(0)


# mistake: keepdim -- a row with two dimensions
def db1(dz1):
    return dz1.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the hidden units
def db1(dz1):
    return dz1.sum(1)


# mistake: not_summed -- the whole table
def db1(dz1):
    return dz1.clone()


# mistake: wrong_operand -- the mask of the sum
def db1(dz1, b1):
    return dz1.sum(0)*(b1 > 0)


# mistake: sign -- a minus
def db1(dz1):
    return -dz1.sum(0)


# mistake: hard_coded -- sixteen examples
def db1(dz1):
    return 16*dz1.mean(0)


# mistake: zeros -- left as zeros
def db1(b1):
    return torch.zeros_like(b1)
