# form: with dloss
def dcubed(dloss, cubed):
    return dloss.expand(cubed.shape)/cubed.numel()


# form: full
def dcubed(cubed):
    return torch.full_like(cubed, 1/cubed.numel())


# form: rows times columns
def dcubed(cubed):
    return torch.ones(cubed.shape)/(cubed.shape[0]*cubed.shape[1])


# form: times the reciprocal
def dcubed(cubed, dloss):
    return torch.ones_like(cubed)*dloss*(1.0/cubed.numel())
