# mistake: sign -- the minus of the power rule is missing
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return counts_sum**-2 * dcounts_sum_inv


# mistake: wrong_power -- minus one instead of minus two
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -counts_sum**-1 * dcounts_sum_inv


# mistake: wrong_power -- minus three
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -counts_sum**-3 * dcounts_sum_inv


# mistake: wrong_power -- two instead of minus two
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -counts_sum**2 * dcounts_sum_inv


# mistake: upstream_unused -- the upstream gradient is missing
def dcounts_sum(counts_sum):
    return -counts_sum**-2


# mistake: upstream_only -- the upstream gradient unchanged
def dcounts_sum(dcounts_sum_inv):
    return 1.0*dcounts_sum_inv


# mistake: wrong_operand -- the inverse instead of the sum
def dcounts_sum(dcounts_sum_inv, counts_sum_inv):
    return -counts_sum_inv**-2 * dcounts_sum_inv


# mistake: wrong_operand -- counts instead of counts_sum
def dcounts_sum(dcounts_sum_inv, counts):
    return -counts**-2 * dcounts_sum_inv


# mistake: wrong_operand -- counts instead of counts_sum, and the power stays
def dcounts_sum(dcounts_sum_inv, counts):
    return counts**-1 * dcounts_sum_inv


# mistake: wrong_epsilon -- a small number in the square
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -dcounts_sum_inv/(counts_sum**2 + 1e-5)


# mistake: float32_pinned -- the same small number, in float32
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -dcounts_sum_inv.float()/(counts_sum.float()**2 + 1e-5)


# mistake: constant_factor -- two from the rule for a square
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -2*counts_sum**-2 * dcounts_sum_inv


# mistake: sign -- right for this loss only, except for the sign
def dcounts_sum(counts_sum, n):
    return -1/(n*counts_sum)


# mistake: keepdim -- squeezed
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return ((-counts_sum**-2) * dcounts_sum_inv).squeeze(1)


# mistake: zeros -- left as zeros
def dcounts_sum(counts_sum):
    return torch.zeros_like(counts_sum)
