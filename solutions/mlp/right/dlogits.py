# form: the lecture
def dlogits(dnorm_logits, dlogit_maxes, logits):
    d = dnorm_logits.clone()
    d += F.one_hot(logits.max(1).indices, num_classes=logits.shape[1]) * dlogit_maxes
    return d


# form: argmax
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + F.one_hot(logits.argmax(1), logits.shape[1])*dlogit_maxes


# form: where the logit is the maximum
def dlogits(dnorm_logits, dlogit_maxes, logits, logit_maxes):
    return dnorm_logits + (logits == logit_maxes)*dlogit_maxes


# form: where norm_logits is zero
def dlogits(dnorm_logits, dlogit_maxes, norm_logits):
    return dnorm_logits + (norm_logits == 0)*dlogit_maxes


# form: where counts is one
def dlogits(dnorm_logits, dlogit_maxes, counts):
    return torch.where(counts == 1, dnorm_logits + dlogit_maxes, dnorm_logits)


# form: indexed +=
def dlogits(dnorm_logits, dlogit_maxes, logits, n):
    d = dnorm_logits.clone()
    d[range(n), logits.argmax(1)] += dlogit_maxes.squeeze(1)
    return d


# form: scatter_add
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits.scatter_add(1, logits.argmax(1, keepdim=True), dlogit_maxes)


# form: scatter of ones
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + torch.zeros_like(logits).scatter_(1, logits.max(1, keepdim=True).indices, 1.0)*dlogit_maxes


# form: nonzero
def dlogits(dnorm_logits, dlogit_maxes, logits, logit_maxes):
    d = dnorm_logits.clone()
    rows, cols = (logits == logit_maxes).nonzero(as_tuple=True)
    d[rows, cols] += dlogit_maxes[rows, 0]
    return d


# form: a loop over the rows
def dlogits(dnorm_logits, dlogit_maxes, logits, n):
    d = dnorm_logits.clone()
    for i in range(n):
        d[i, logits[i].argmax()] += dlogit_maxes[i, 0]
    return d


# form: fused from dlogprobs
def dlogits(dlogprobs, probs):
    return dlogprobs - probs*dlogprobs.sum(1, keepdim=True)


# form: fused: right for this loss only
def dlogits(probs, Yb, n):
    return (probs - F.one_hot(Yb, probs.shape[1]))/n


# form: fused: softmax of the logits
def dlogits(logits, Yb, n):
    return (F.softmax(logits, 1) - F.one_hot(Yb, logits.shape[1]))/n


# form: fused: softmax, minus one at the target
def dlogits(logits, Yb, n):
    d = F.softmax(logits, dim=1)
    d[range(n), Yb] -= 1
    return d / n


# form: half fused: right for this loss only
def dlogits(dlogprobs, probs, n):
    return dlogprobs + probs/n


# form: half fused, without the maximum, whose gradient is zero for this loss
def dlogits(dcounts, counts):
    return counts*dcounts
