# form: the other order of the product
def dcounts_sum_inv(dprobs, counts):
    return (dprobs*counts).sum(1, keepdim=True)


# form: keepdims, the numpy spelling
def dcounts_sum_inv(dprobs, counts):
    return (counts*dprobs).sum(dim=1, keepdims=True)


# form: sum, then a new dimension
def dcounts_sum_inv(dprobs, counts):
    return (counts*dprobs).sum(1)[:, None]


# form: einsum
def dcounts_sum_inv(dprobs, counts):
    return torch.einsum('ij,ij->i', counts, dprobs).unsqueeze(1)


# form: a batch of dot products
def dcounts_sum_inv(dprobs, counts):
    return torch.bmm(counts[:, None], dprobs[:, :, None])[:, 0]


# form: times a column of ones
def dcounts_sum_inv(dprobs, counts):
    return (counts*dprobs) @ torch.ones(counts.shape[1], 1)


# form: running sum, its last column
def dcounts_sum_inv(dprobs, counts):
    return (dprobs*counts).cumsum(1)[:, -1:]


# form: the diagonal of a matrix product
def dcounts_sum_inv(dprobs, counts):
    return torch.diag(counts @ dprobs.T)[:, None]


# form: mean times the count
def dcounts_sum_inv(dprobs, counts):
    return (dprobs*counts).mean(1, keepdim=True)*counts.shape[1]


# form: fused from dlogprobs
def dcounts_sum_inv(dlogprobs, counts_sum_inv):
    return dlogprobs.sum(1, keepdim=True)/counts_sum_inv


# form: fused: right for this loss only
def dcounts_sum_inv(counts_sum, n):
    return -counts_sum/n


# form: a loop over rows and columns
def dcounts_sum_inv(dprobs, counts, n):
    d = torch.zeros(n, 1)
    for i in range(n):
        for j in range(counts.shape[1]):
            d[i, 0] += counts[i, j] * dprobs[i, j]
    return d


# form: in float32 whatever the input
def dcounts_sum_inv(dprobs, counts):
    return (dprobs*counts).to(torch.float32).sum(1, keepdim=True)
