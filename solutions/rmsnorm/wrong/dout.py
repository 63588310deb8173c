# mistake: upstream_unused -- ones, as if the loss were the plain sum
def dout(out):
    return torch.ones_like(out)


# mistake: wrong_operand -- out instead of cot
def dout(out):
    return out.clone()


# mistake: constant_factor -- averaged over the tokens
def dout(cot):
    return cot/(cot.shape[0]*cot.shape[1])


# mistake: sign -- a minus
def dout(cot):
    return -cot


# mistake: zeros -- left as zeros
def dout(out):
    return torch.zeros_like(out)
