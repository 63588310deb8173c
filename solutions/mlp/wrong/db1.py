# mistake: constant_factor -- mean instead of sum
def db1(dhprebn):
    return dhprebn.mean(0)


# mistake: keepdim -- the dimension is kept, although b1 has only one
def db1(dhprebn):
    return dhprebn.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the columns
def db1(dhprebn):
    return dhprebn.sum(1)


# mistake: not_summed -- the sum is missing
def db1(dhprebn):
    return dhprebn.clone()


# mistake: summed_too_far -- a single number for everything
def db1(dhprebn):
    return dhprebn.sum()


# mistake: summed_too_far -- a single number at every position
def db1(dhprebn, b1):
    return dhprebn.sum() * torch.ones_like(b1)


# mistake: sign -- an extra minus
def db1(dhprebn):
    return -dhprebn.sum(0)


# mistake: wrong_index -- the last example is left out
def db1(dhprebn):
    return dhprebn[:-1].sum(0)


# mistake: wrong_index -- only the last example
def db1(dhprebn):
    return dhprebn[-1]


# mistake: hard_coded -- the mean times 32
def db1(dhprebn):
    return dhprebn.mean(0)*32


# mistake: constant_factor -- twice
def db1(dhprebn):
    return 2*dhprebn.sum(0)


# mistake: wrong_operand -- times the bias
def db1(dhprebn, b1):
    return (dhprebn*b1).sum(0)


# mistake: upstream_unused -- n at every position
def db1(b1, n):
    return torch.ones_like(b1)*n


# mistake: wrong_dtype -- in float64
def db1(dhprebn):
    return dhprebn.double().sum(0)


# mistake: zeros -- left as zeros
def db1(b1):
    return torch.zeros_like(b1)


# mistake: null_gradient -- a tiny multiple of an earlier value
def db1(dhpreact):
    return dhpreact.sum(0)*1e-14


# mistake: null_gradient -- a tiny multiple of the upstream gradient
def db1(dhprebn):
    return dhprebn.sum(0)*1e-14


# mistake: null_gradient -- a tiny multiple of b1
def db1(b1):
    return b1*1e-14


# mistake: null_gradient -- a tiny multiple of the gain's gradient
def db1(dbnraw, bnraw):
    return (bnraw*dbnraw).sum(0)*1e-15


# mistake: null_gradient -- a tiny number
def db1(b1):
    return torch.full_like(b1, 1e-9)


# mistake: null_gradient -- something that is zero in exact arithmetic
def db1(bnraw):
    return bnraw.sum(0)*1e-3


# mistake: other_gradient -- dhpreact instead of dhprebn
def db1(dhpreact):
    return dhpreact.sum(0)


# mistake: other_gradient -- dbndiff instead of dhprebn: the mean path is missing
def db1(dbndiff):
    return dbndiff.sum(0)


# mistake: float32_pinned -- a tiny multiple, in float32
def db1(dhprebn):
    return dhprebn.float().sum(0)*1e-14


# mistake: unknown -- garbage of the right size
def db1(b1):
    return torch.sin(b1)*1e-9
