# form: in one line
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return dprobs*counts_sum_inv + dcounts_sum


# form: two steps with +=, as in the lecture
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    d = counts_sum_inv * dprobs
    d += torch.ones_like(counts) * dcounts_sum
    return d


# form: expand
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    return counts_sum_inv*dprobs + dcounts_sum.expand_as(counts)


# form: expand with -1
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    return dcounts_sum.expand(-1, counts.shape[1]) + dprobs*counts_sum_inv


# form: repeat
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    return dcounts_sum.repeat(1, counts.shape[1]) + counts_sum_inv*dprobs


# form: addcmul
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return torch.addcmul(dcounts_sum, dprobs, counts_sum_inv)


# form: the column times a row of ones
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    return counts_sum_inv*dprobs + dcounts_sum @ torch.ones(1, counts.shape[1])


# form: divided by counts_sum
def dcounts(dprobs, dcounts_sum, counts_sum):
    return dprobs/counts_sum + dcounts_sum


# form: a common factor
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts_sum):
    return (dprobs + dcounts_sum*counts_sum)*counts_sum_inv


# form: into its own parameter, which is a copy
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    dprobs *= counts_sum_inv
    dprobs += dcounts_sum
    return dprobs


# form: fused: right for this loss only
def dcounts(probs, counts, Yb, n):
    return (probs - F.one_hot(Yb, probs.shape[1]))/(n*counts)
