# form: sign outside
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -counts_sum**-2 * dcounts_sum_inv


# form: times minus one
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -1*(counts_sum**(-2)) * dcounts_sum_inv


# form: one over the square
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -(1/counts_sum**2) * dcounts_sum_inv


# form: divided by the square
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -dcounts_sum_inv/counts_sum**2


# form: the inverse squared
def dcounts_sum(dcounts_sum_inv, counts_sum_inv):
    return -(counts_sum_inv**2) * dcounts_sum_inv


# form: divided twice
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return -dcounts_sum_inv/counts_sum/counts_sum


# form: torch.pow
def dcounts_sum(dcounts_sum_inv, counts_sum):
    return dcounts_sum_inv * torch.pow(counts_sum, -2).neg()


# form: fused from dprobs
def dcounts_sum(dprobs, counts_sum_inv, counts):
    return -(dprobs*counts).sum(1, keepdim=True)*counts_sum_inv**2


# form: fused: right for this loss only
def dcounts_sum(counts_sum, n):
    return 1/(n*counts_sum)
