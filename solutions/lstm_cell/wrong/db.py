# mistake: constant_factor -- averaged over the minibatch
def db(dgates):
    return dgates.mean(0)


# mistake: keepdim -- a row with two dimensions
def db(dgates):
    return dgates.sum(0, keepdim=True)


# mistake: wrong_axis -- summed over the gates
def db(dgates):
    return dgates.sum(1)


# mistake: not_summed -- one per example
def db(dgates):
    return dgates.clone()


# mistake: constant_factor -- twice, for two biases as PyTorch has them
def db(dgates):
    return 2*dgates.sum(0)


# mistake: wrong_operand -- times b
def db(dgates, b):
    return dgates.sum(0)*b


# mistake: sign -- a minus
def db(dgates):
    return -dgates.sum(0)


# mistake: zeros -- left as zeros
def db(b):
    return torch.zeros_like(b)
