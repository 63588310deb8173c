# form: the lecture: the derivative first, then the chain rule
def dprobs(dlogprobs, probs):
    return (1.0 / probs) * dlogprobs


# form: a power
def dprobs(dlogprobs, probs):
    return probs**-1 * dlogprobs


# form: reciprocal
def dprobs(dlogprobs, probs):
    return probs.reciprocal() * dlogprobs


# form: torch.div
def dprobs(dlogprobs, probs):
    return torch.div(dlogprobs, probs)


# form: without probs: probs is counts over counts_sum
def dprobs(dlogprobs, counts, counts_sum):
    return dlogprobs*counts_sum/counts


# form: without probs: the exponential of minus logprobs
def dprobs(dlogprobs, logprobs):
    return torch.exp(-logprobs) * dlogprobs


# form: einsum, elementwise
def dprobs(dlogprobs, probs):
    return torch.einsum('ij,ij->ij', 1/probs, dlogprobs)


# form: a loop over the rows
def dprobs(dlogprobs, probs, n):
    return torch.stack([dlogprobs[i] / probs[i] for i in range(n)])


# form: fused: only the targets get a gradient
def dprobs(probs, Yb, n):
    return -F.one_hot(Yb, probs.shape[1])/(n*probs)


# form: in float32 whatever the input
def dprobs(dlogprobs, probs):
    return dlogprobs.float() / probs.float()
