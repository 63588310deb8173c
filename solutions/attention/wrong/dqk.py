# mistake: constant_factor -- the scale is missing
def dqk(datt):
    return datt.clone()


# mistake: constant_factor -- divided by the size, not its root
def dqk(datt, hs):
    return datt/hs


# mistake: constant_factor -- the scale inverted
def dqk(datt, hs):
    return datt*hs**0.5


# mistake: constant_factor -- the token size instead of the head size
def dqk(datt, C):
    return datt*C**-0.5


# mistake: constant_factor -- the number of heads
def dqk(datt, n_head):
    return datt*n_head**-0.5


# mistake: hard_coded -- a head size of five
def dqk(datt):
    return datt*5**-0.5


# mistake: wrong_operand -- times att
def dqk(datt, att):
    return datt*att


# mistake: unknown -- minus infinity times zero, as a factor on masked logits
def dqk(datt, qk, att, causal):
    return datt*(att.masked_fill(causal == 0, float('-inf'))/qk)


# mistake: upstream_unused -- only the scale
def dqk(qk, hs):
    return torch.ones_like(qk)*hs**-0.5


# mistake: sign -- a minus
def dqk(datt, hs):
    return -datt*hs**-0.5


# mistake: zeros -- left as zeros
def dqk(qk):
    return torch.zeros_like(qk)
