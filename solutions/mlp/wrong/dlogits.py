# mistake: missing_path -- the path through the maximum is dropped
def dlogits(dnorm_logits):
    return dnorm_logits.clone()


# mistake: missing_path -- only the path through the maximum
def dlogits(dlogit_maxes, logits):
    return F.one_hot(logits.max(1).indices, logits.shape[1]) * dlogit_maxes


# mistake: negated_path -- the maximum with a minus
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits - F.one_hot(logits.argmax(1), logits.shape[1])*dlogit_maxes


# mistake: doubled_path -- the maximum twice
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + 2*F.one_hot(logits.argmax(1), logits.shape[1])*dlogit_maxes


# mistake: wrong_path -- the gradient of the maximum goes to the whole row
def dlogits(dnorm_logits, dlogit_maxes):
    return dnorm_logits + dlogit_maxes


# mistake: wrong_path -- spread evenly over the row
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + dlogit_maxes/logits.shape[1]


# mistake: wrong_index -- at the target, not at the maximum
def dlogits(dnorm_logits, dlogit_maxes, Yb, logits):
    return dnorm_logits + F.one_hot(Yb, logits.shape[1])*dlogit_maxes


# mistake: wrong_index -- at the minimum
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + F.one_hot(logits.argmin(1), logits.shape[1])*dlogit_maxes


# mistake: wrong_axis -- the maximum of each column
def dlogits(dnorm_logits, dlogit_maxes, logits):
    d = dnorm_logits.clone()
    cols = logits.argmax(0)
    for j in range(logits.shape[1]):
        d[cols[j], j] += dlogit_maxes[cols[j], 0]
    return d


# mistake: wrong_index -- off by one to the right
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + F.one_hot((logits.argmax(1) + 1) % logits.shape[1], logits.shape[1])*dlogit_maxes


# mistake: wrong_index -- all rows at all maxima: a colon instead of range(n)
def dlogits(dnorm_logits, dlogit_maxes, logits):
    d = dnorm_logits.clone()
    d[:, logits.argmax(1)] += dlogit_maxes
    return d


# mistake: wrong_operand -- the mask holds the maximum itself, not a one
def dlogits(dnorm_logits, dlogit_maxes, logits, logit_maxes):
    return dnorm_logits + (logits == logit_maxes)*logits*dlogit_maxes


# mistake: aliasing -- the mask is written into logits before the maximum is taken
def dlogits(dnorm_logits, dlogit_maxes, logits, n):
    mask = logits
    mask.zero_()
    mask[range(n), logits.argmax(1)] = 1
    return dnorm_logits + mask*dlogit_maxes


# mistake: sign -- dnorm_logits with a minus
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return -dnorm_logits + F.one_hot(logits.argmax(1), logits.shape[1])*dlogit_maxes


# mistake: hard_coded -- 27 classes
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + F.one_hot(logits.argmax(1), 27)*dlogit_maxes


# mistake: hard_coded -- rows 0 to 31
def dlogits(dnorm_logits, dlogit_maxes, logits):
    d = dnorm_logits.clone()
    d[range(32), logits.argmax(1)] += dlogit_maxes[:, 0]
    return d


# mistake: wrong_index -- the position of the maximum in the row above
def dlogits(dnorm_logits, dlogit_maxes, logits):
    return dnorm_logits + F.one_hot(logits.argmax(1).roll(1), logits.shape[1])*dlogit_maxes


# mistake: softmax_jacobian -- cross entropy without the one at the target
def dlogits(probs, n):
    return probs/n


# mistake: softmax_jacobian -- cross entropy without softmax
def dlogits(logits, Yb, n):
    return (logits - F.one_hot(Yb, logits.shape[1]))/n


# mistake: constant_factor -- the short formula without 1/n
def dlogits(probs, Yb, logits):
    return probs - F.one_hot(Yb, logits.shape[1])


# mistake: sign -- the short formula with the sign flipped
def dlogits(probs, Yb, logits, n):
    return (F.one_hot(Yb, logits.shape[1]) - probs)/n


# mistake: hard_coded -- the short formula with 32
def dlogits(probs, Yb, logits):
    return (probs - F.one_hot(Yb, logits.shape[1]))/32


# mistake: float32_pinned -- the path through the maximum dropped, in float32
def dlogits(dnorm_logits):
    return dnorm_logits.float()*1


# mistake: zeros -- left as zeros
def dlogits(logits):
    return torch.zeros_like(logits)
