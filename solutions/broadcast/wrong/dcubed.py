# mistake: constant_factor -- one over the number of rows
def dcubed(cubed):
    return torch.ones_like(cubed)/cubed.shape[0]


# mistake: constant_factor -- one over the number of columns
def dcubed(cubed):
    return torch.ones_like(cubed)/cubed.shape[1]


# mistake: constant_factor -- the mean taken for a sum
def dcubed(cubed):
    return torch.ones_like(cubed)


# mistake: not_expanded -- one number for the whole table
def dcubed(cubed, dloss):
    return dloss/cubed.numel()


# mistake: hard_coded -- 54 entries
def dcubed(cubed):
    return torch.ones_like(cubed)/54


# mistake: wrong_operand -- times cubed
def dcubed(cubed):
    return cubed/cubed.numel()


# mistake: sign -- a minus too many
def dcubed(cubed):
    return -torch.ones_like(cubed)/cubed.numel()


# mistake: zeros -- nothing is filled in
def dcubed(cubed):
    return torch.zeros_like(cubed)


# mistake: transposed -- turned
def dcubed(cubed):
    return torch.ones_like(cubed.T)/cubed.numel()
