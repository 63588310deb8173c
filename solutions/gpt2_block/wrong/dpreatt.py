# mistake: softmax_jacobian -- only the diagonal: p(1-p)
def dpreatt(datt, att):
    return datt*att*(1 - att)


# mistake: softmax_jacobian -- the sum over the wrong axis
def dpreatt(datt, att):
    return att*(datt - (att*datt).sum(2, keepdim=True))


# mistake: softmax_jacobian -- the sum is missing
def dpreatt(datt, att):
    return att*datt


# mistake: softmax_jacobian -- the plain sum
def dpreatt(datt, att):
    return att*(datt - datt.sum(3, keepdim=True))


# mistake: softmax_jacobian -- mean instead of sum
def dpreatt(datt, att):
    return att*(datt - (att*datt).mean(3, keepdim=True))


# mistake: softmax_jacobian -- att in front is missing
def dpreatt(datt, att):
    return datt - (att*datt).sum(3, keepdim=True)


# mistake: softmax_jacobian -- a plus instead of the minus
def dpreatt(datt, att):
    return att*(datt + (att*datt).sum(3, keepdim=True))


# mistake: wrong_operand -- a softmax without the mask
def dpreatt(datt, preatt):
    a = F.softmax(preatt, 3)
    return a*(datt - (a*datt).sum(3, keepdim=True))


# mistake: constant_factor -- the scale a line too early
def dpreatt(datt, att, hs):
    return att*(datt - (att*datt).sum(3, keepdim=True))*hs**-0.5


# mistake: unknown -- minus infinity times zero
def dpreatt(datt, att, preatt, causal):
    return att*(datt - (att*datt).sum(3, keepdim=True))*preatt.masked_fill(~causal, float('-inf'))


# mistake: sign -- a minus
def dpreatt(datt, att):
    return -att*(datt - (att*datt).sum(3, keepdim=True))


# mistake: zeros -- left as zeros
def dpreatt(preatt):
    return torch.zeros_like(preatt)
