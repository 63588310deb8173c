# form: the other order
def dnorm_logits(dcounts, counts):
    return dcounts * counts


# form: exp recomputed
def dnorm_logits(dcounts, norm_logits):
    return norm_logits.exp() * dcounts


# form: torch.mul
def dnorm_logits(dcounts, norm_logits):
    return torch.mul(torch.exp(norm_logits), dcounts)


# form: counts via probs
def dnorm_logits(dcounts, probs, counts_sum):
    return probs*counts_sum*dcounts


# form: divided by the exponential of the negated value
def dnorm_logits(dcounts, norm_logits):
    return dcounts/torch.exp(-norm_logits)


# form: a power of e
def dnorm_logits(dcounts, norm_logits):
    return 2.718281828459045**norm_logits * dcounts


# form: fused from dprobs: the softmax derivative
def dnorm_logits(dprobs, probs):
    return probs*(dprobs - (dprobs*probs).sum(1, keepdim=True))


# form: fused from dlogprobs: the log-softmax derivative
def dnorm_logits(dlogprobs, probs):
    return dlogprobs - probs*dlogprobs.sum(1, keepdim=True)


# form: fused: right for this loss only
def dnorm_logits(probs, Yb, n):
    return (probs - F.one_hot(Yb, probs.shape[1]))/n


# form: in float32 whatever the input
def dnorm_logits(dcounts, counts):
    return (counts.float() * dcounts.float())
