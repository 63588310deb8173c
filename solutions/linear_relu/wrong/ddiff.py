# mistake: constant_factor -- the two is missing
def ddiff(dsq, diff):
    return diff*dsq


# mistake: wrong_power -- the square again
def ddiff(dsq, diff):
    return 2*diff**2*dsq


# mistake: upstream_unused -- dsq is missing
def ddiff(diff):
    return 2*diff


# mistake: upstream_only -- the derivative of the square is missing
def ddiff(dsq):
    return 2*dsq


# mistake: wrong_operand -- out instead of diff
def ddiff(dsq, out):
    return 2*out*dsq


# mistake: wrong_operand -- the absolute value
def ddiff(dsq, diff):
    return 2*diff.abs()*dsq


# mistake: sign -- an extra minus
def ddiff(dsq, diff):
    return -2*diff*dsq


# mistake: hard_coded -- 48 numbers
def ddiff(diff):
    return 2*diff/48


# mistake: constant_factor -- the mean over the examples only
def ddiff(diff):
    return 2*diff/diff.shape[0]


# mistake: zeros -- left as zeros
def ddiff(diff):
    return torch.zeros_like(diff)
