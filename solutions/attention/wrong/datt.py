# mistake: wrong_operand -- the mask is missing
def datt(dexpd, att):
    return dexpd*att.exp()


# mistake: wrong_operand -- only the mask
def datt(dexpd, causal):
    return dexpd*causal


# mistake: upstream_only -- the exponential is missing
def datt(dexpd):
    return dexpd.clone()


# mistake: upstream_unused -- dexpd is missing
def datt(expd):
    return expd.clone()


# mistake: wrong_operand -- p instead of expd
def datt(dexpd, p):
    return dexpd*p


# mistake: wrong_operand -- divided by expd
def datt(dexpd, expd):
    return dexpd/(expd + 1)


# mistake: wrong_operand -- later tokens instead of earlier ones
def datt(dexpd, att, causal):
    return dexpd*att.exp()*(1 - causal)


# mistake: softmax_jacobian -- only the diagonal: p(1-p)
def datt(dp, p):
    return dp*p*(1 - p)


# mistake: softmax_jacobian -- the sum over the wrong axis
def datt(dp, p):
    return p*(dp - (p*dp).sum(2, keepdim=True))


# mistake: softmax_jacobian -- the sum is missing
def datt(dp, p):
    return p*dp


# mistake: softmax_jacobian -- the plain sum of dp
def datt(dp, p):
    return p*(dp - dp.sum(3, keepdim=True))


# mistake: softmax_jacobian -- mean instead of sum
def datt(dp, p):
    return p*(dp - (p*dp).mean(3, keepdim=True))


# mistake: softmax_jacobian -- p in front is missing
def datt(dp, p):
    return dp - (p*dp).sum(3, keepdim=True)


# mistake: softmax_jacobian -- the sum with a plus
def datt(dp, p):
    return p*(dp + (p*dp).sum(3, keepdim=True))


# mistake: softmax_jacobian -- a softmax without the mask
def datt(dp, att):
    return att.softmax(3)*(dp - (att.softmax(3)*dp).sum(3, keepdim=True))


# mistake: unknown -- minus infinity times zero
def datt(dexpd, expd, att, causal):
    return dexpd*expd*att.masked_fill(causal == 0, float('-inf'))


# mistake: zeros -- left as zeros
def datt(att):
    return torch.zeros_like(att)
