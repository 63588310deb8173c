# mistake: not_summed -- the sum over the columns is forgotten
def dcounts_sum_inv(dprobs, counts):
    return counts * dprobs


# mistake: keepdim -- the sum drops the dimension
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum(1)


# mistake: wrong_axis -- summed over the minibatch
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum(0, keepdim=True)


# mistake: summed_too_far -- one number for everything
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).sum()


# mistake: summed_too_far -- one number for everything, in every place
def dcounts_sum_inv(dprobs, counts_sum_inv, counts):
    return (counts * dprobs).sum() * torch.ones_like(counts_sum_inv)


# mistake: constant_factor -- the mean for the sum
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).mean(1, keepdim=True)


# mistake: upstream_only -- counts forgotten
def dcounts_sum_inv(dprobs):
    return dprobs.sum(1, keepdim=True)


# mistake: upstream_unused -- dprobs forgotten
def dcounts_sum_inv(counts):
    return counts.sum(1, keepdim=True)


# mistake: wrong_operand -- probs for counts
def dcounts_sum_inv(dprobs, probs):
    return (probs * dprobs).sum(1, keepdim=True)


# mistake: wrong_operand -- the inverse of counts
def dcounts_sum_inv(dprobs, counts):
    return (counts**-1 * dprobs).sum(1, keepdim=True)


# mistake: sign -- a minus too many
def dcounts_sum_inv(dprobs, counts):
    return -(counts * dprobs).sum(1, keepdim=True)


# mistake: other_gradient -- dlogprobs for dprobs
def dcounts_sum_inv(dlogprobs, counts):
    return (counts * dlogprobs).sum(1, keepdim=True)


# mistake: summed_too_far -- summed apart and then multiplied
def dcounts_sum_inv(dprobs, counts):
    return counts.sum(1, keepdim=True) * dprobs.sum(1, keepdim=True)


# mistake: hard_coded -- the mean times 27
def dcounts_sum_inv(dprobs, counts):
    return (counts * dprobs).mean(1, keepdim=True) * 27


# mistake: wrong_index -- only the target column
def dcounts_sum_inv(dprobs, Yb, counts):
    return (counts * dprobs).gather(1, Yb[:, None])


# mistake: zeros -- nothing is filled in
def dcounts_sum_inv(counts_sum_inv):
    return torch.zeros_like(counts_sum_inv)
