# mistake: constant_factor -- one over the number of rows
def dcubed(cubed):
    return torch.ones_like(cubed)/cubed.shape[0]


# mistake: constant_factor -- one over the number of columns
def dcubed(cubed):
    return torch.ones_like(cubed)/cubed.shape[1]


# mistake: constant_factor -- mean treated as a sum
def dcubed(cubed):
    return torch.ones_like(cubed)


# mistake: not_expanded -- a single number for the whole table
def dcubed(cubed, dloss):
    return dloss/cubed.numel()


# mistake: hard_coded -- 54 entries
def dcubed(cubed):
    return torch.ones_like(cubed)/54


# mistake: wrong_operand -- times cubed
def dcubed(cubed):
    return cubed/cubed.numel()


# mistake: sign -- an extra minus
def dcubed(cubed):
    return -torch.ones_like(cubed)/cubed.numel()


# mistake: zeros -- left as zeros
def dcubed(cubed):
    return torch.zeros_like(cubed)


# mistake: transposed -- transposed
def dcubed(cubed):
    return torch.ones_like(cubed.T)/cubed.numel()
