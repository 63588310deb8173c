# form: sign outside
def dlogit_maxes(dnorm_logits):
    return -(dnorm_logits.sum(1, keepdim=True))


# form: times minus one
def dlogit_maxes(dnorm_logits):
    return -1*dnorm_logits.sum(1, keepdim=True)


# form: neg
def dlogit_maxes(dnorm_logits):
    return dnorm_logits.neg().sum(1, True)


# form: view
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.sum(1).view(-1, 1)


# form: times a column of ones
def dlogit_maxes(dnorm_logits):
    return dnorm_logits @ -torch.ones(dnorm_logits.shape[1], 1)


# form: einsum
def dlogit_maxes(dnorm_logits):
    return -torch.einsum('ij->i', dnorm_logits)[:, None]


# form: mean times the count
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.mean(1, keepdim=True)*dnorm_logits.shape[1]


# form: from the right
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.flip(1).sum(1, keepdim=True)


# form: running sum, its last column
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.cumsum(1)[:, -1:]


# form: transposed and summed
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.T.contiguous().sum(0)[:, None]


# form: in float64, and back
def dlogit_maxes(dnorm_logits):
    return -dnorm_logits.double().sum(1, keepdim=True).to(dnorm_logits.dtype)


# form: fused from dcounts
def dlogit_maxes(dcounts, counts):
    return -(counts*dcounts).sum(1, keepdim=True)


# form: a loop over the columns
def dlogit_maxes(dnorm_logits):
    d = torch.zeros_like(dnorm_logits[:, :1])
    for j in range(dnorm_logits.shape[1]):
        d -= dnorm_logits[:, j:j+1]
    return d
