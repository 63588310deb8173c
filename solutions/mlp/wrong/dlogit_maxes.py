# mistake: zeros -- zeros, as it is about zero anyway
def dlogit_maxes(logit_maxes):
    return torch.zeros_like(logit_maxes)


# mistake: zeros -- the upstream gradient times nothing
def dlogit_maxes(dnorm_logits):
    return (0*dnorm_logits).sum(1, keepdim=True)


# mistake: null_gradient -- a tiny multiple of an earlier value
def dlogit_maxes(dprobs):
    return dprobs.sum(1, keepdim=True)*1e-14


# mistake: null_gradient -- a tiny multiple of the upstream gradient
def dlogit_maxes(dnorm_logits):
    return dnorm_logits.sum(1, keepdim=True)*1e-14


# mistake: null_gradient -- a tiny multiple of the maximum
def dlogit_maxes(logit_maxes):
    return logit_maxes*1e-14


# mistake: null_gradient -- a tiny multiple of dcounts
def dlogit_maxes(dcounts):
    return dcounts.sum(1, keepdim=True)*1e-14


# mistake: null_gradient -- a tiny number
def dlogit_maxes(logit_maxes):
    return torch.full_like(logit_maxes, 1e-9)


# mistake: null_gradient -- something that is zero in exact arithmetic
def dlogit_maxes(dnorm_logits, logit_maxes, logits):
    return logit_maxes - logits.max(1, keepdim=True).values + 0*dnorm_logits[:, :1]


# mistake: sign -- the minus is missing
def dlogit_maxes(dnorm_logits):
    return dnorm_logits.sum(1, keepdim=True)


# mistake: constant_factor -- mean instead of sum
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.mean(1, keepdim=True)


# mistake: constant_factor -- twice
def dlogit_maxes(dnorm_logits):
    return -2*dnorm_logits.sum(1, keepdim=True)


# mistake: keepdim -- the sum drops the dimension
def dlogit_maxes(dnorm_logits):
    return (-dnorm_logits).sum(1)


# mistake: not_summed -- the sum is missing
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits


# mistake: wrong_axis -- summed over the minibatch
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.sum(0, keepdim=True)


# mistake: wrong_index -- the gradient only at the maximum
def dlogit_maxes(dnorm_logits, logits):
    return -dnorm_logits.gather(1, logits.argmax(1, keepdim=True))


# mistake: wrong_index -- without the target
def dlogit_maxes(dnorm_logits, Yb, n):
    d = -dnorm_logits.clone()
    d[range(n), Yb] = 0
    return d.sum(1, keepdim=True)


# mistake: hard_coded -- the mean times 27
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.mean(1, keepdim=True)*27


# mistake: wrong_operand -- weighted with probs
def dlogit_maxes(dnorm_logits, probs):
    return -(probs*dnorm_logits).sum(1, keepdim=True)


# mistake: other_gradient -- dcounts instead of dnorm_logits
def dlogit_maxes(dcounts):
    return -dcounts.sum(1, keepdim=True)


# mistake: float32_pinned -- the minus is missing, in float32
def dlogit_maxes(dnorm_logits):
    return dnorm_logits.float().sum(1, keepdim=True)


# mistake: unknown -- garbage of the right size
def dlogit_maxes(logit_maxes):
    return torch.sin(logit_maxes)*5e-9
