# mistake: upstream_only -- dlogprobs unchanged
def dprobs(dlogprobs):
    return dlogprobs.clone()


# mistake: upstream_unused -- one over probs alone
def dprobs(probs):
    return 1.0/probs


# mistake: wrong_operand -- one over logprobs
def dprobs(dlogprobs, logprobs):
    return dlogprobs/logprobs


# mistake: wrong_operand -- one over counts
def dprobs(dlogprobs, counts):
    return dlogprobs/counts


# mistake: wrong_operand -- times probs instead of divided
def dprobs(dlogprobs, probs):
    return dlogprobs*probs


# mistake: sign -- minus one over probs
def dprobs(dlogprobs, probs):
    return -dlogprobs/probs


# mistake: wrong_power -- one over the square
def dprobs(dlogprobs, probs):
    return dlogprobs/probs**2


# mistake: wrong_epsilon -- a small number to avoid division by zero
def dprobs(dlogprobs, probs):
    return dlogprobs/(probs + 1e-8)


# mistake: float32_pinned -- the same small number, in float32
def dprobs(dlogprobs, probs):
    return dlogprobs.float()/(probs.float() + 1e-8)


# mistake: constant_factor -- the logarithm to base ten
def dprobs(dlogprobs, probs):
    return dlogprobs/(probs*2.302585092994046)


# mistake: constant_factor -- divided by n again
def dprobs(dlogprobs, probs, n):
    return dlogprobs/probs/n


# mistake: sign -- right for this loss only, except for the sign
def dprobs(Yb, probs, n):
    return F.one_hot(Yb, probs.shape[1])/(n*probs)


# mistake: zeros -- left as zeros
def dprobs(probs):
    return torch.zeros_like(probs)


# mistake: transposed -- transposed
def dprobs(dlogprobs, probs):
    return (dlogprobs/probs).T.contiguous()
