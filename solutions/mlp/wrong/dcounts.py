# mistake: missing_path -- the path through counts_sum is missing
def dcounts(dprobs, counts_sum_inv):
    return counts_sum_inv * dprobs


# mistake: missing_path -- the path through probs is missing
def dcounts(dcounts_sum, counts):
    return torch.ones_like(counts) * dcounts_sum


# mistake: not_expanded -- only the column of counts_sum
def dcounts(dcounts_sum):
    return dcounts_sum*1.0


# mistake: negated_path -- the path through counts_sum with a minus
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return counts_sum_inv * dprobs - dcounts_sum


# mistake: negated_path -- the path through probs with a minus
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return dcounts_sum - counts_sum_inv * dprobs


# mistake: doubled_path -- the path through counts_sum twice
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return counts_sum_inv * dprobs + 2*dcounts_sum


# mistake: doubled_path -- the path through probs twice
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return 2*counts_sum_inv * dprobs + dcounts_sum


# mistake: wrong_path -- dcounts_sum times counts: the sum passes its gradient on unchanged
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    return counts_sum_inv * dprobs + counts*dcounts_sum


# mistake: wrong_path -- dcounts_sum broadcast as a mean
def dcounts(dprobs, dcounts_sum, counts_sum_inv, counts):
    return counts_sum_inv * dprobs + dcounts_sum/counts.shape[1]


# mistake: wrong_operand -- counts_sum instead of its inverse
def dcounts(dprobs, dcounts_sum, counts_sum):
    return counts_sum * dprobs + dcounts_sum


# mistake: upstream_only -- the other factor of the product is missing
def dcounts(dprobs, dcounts_sum):
    return dprobs + dcounts_sum


# mistake: other_gradient -- dcounts_sum_inv instead of dcounts_sum
def dcounts(dprobs, dcounts_sum_inv, counts_sum_inv):
    return counts_sum_inv * dprobs + dcounts_sum_inv


# mistake: aliasing -- two names for one tensor: the second step changes the first
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    first = dprobs
    second = dprobs
    first *= counts_sum_inv
    second += dcounts_sum
    return first + second


# mistake: sign -- everything with a minus
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return -(counts_sum_inv * dprobs + dcounts_sum)


# mistake: hard_coded -- 27 columns
def dcounts(dprobs, dcounts_sum, counts_sum_inv):
    return counts_sum_inv * dprobs + dcounts_sum.repeat(1, 27)


# mistake: zeros -- left as zeros
def dcounts(counts):
    return torch.zeros_like(counts)
