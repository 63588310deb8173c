# mistake: not_summed -- the sum over the columns is missing
def dcounts_sum_inv(dprobs, counts):
    return counts * dprobs


# mistake: keepdim -- the sum drops the dimension
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum(1)


# mistake: wrong_axis -- summed over the minibatch
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum(0, keepdim=True)


# mistake: summed_too_far -- a single number for everything
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum()


# mistake: summed_too_far -- a single number at every position
def dcounts_sum_inv(dprobs, counts_sum_inv, counts):
    return (counts * dprobs).sum() * torch.ones_like(counts_sum_inv)


# mistake: constant_factor -- mean instead of sum
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).mean(1, keepdim=True)


# mistake: upstream_only -- counts missing
def dcounts_sum_inv(dprobs):
    return dprobs.sum(1, keepdim=True)


# mistake: upstream_unused -- dprobs missing
def dcounts_sum_inv(counts):
    return counts.sum(1, keepdim=True)


# mistake: wrong_operand -- probs instead of counts
def dcounts_sum_inv(dprobs, probs):
    return (probs * dprobs).sum(1, keepdim=True)


# mistake: wrong_operand -- the inverse of counts
def dcounts_sum_inv(dprobs, counts):
    return (counts**-1 * dprobs).sum(1, keepdim=True)


# mistake: sign -- an extra minus
def dcounts_sum_inv(dprobs, counts):
    return -(counts * dprobs).sum(1, keepdim=True)


# mistake: other_gradient -- dlogprobs instead of dprobs
def dcounts_sum_inv(dlogprobs, counts):
    return (counts * dlogprobs).sum(1, keepdim=True)


# mistake: summed_too_far -- summed separately, then multiplied
def dcounts_sum_inv(dprobs, counts):
    return counts.sum(1, keepdim=True) * dprobs.sum(1, keepdim=True)


# mistake: hard_coded -- the mean times 27
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).mean(1, keepdim=True) * 27


# mistake: wrong_index -- only the target column
def dcounts_sum_inv(dprobs, Yb, counts):
    return (counts * dprobs).gather(1, Yb[:, None])


# mistake: zeros -- left as zeros
def dcounts_sum_inv(counts_sum_inv):
    return torch.zeros_like(counts_sum_inv)
