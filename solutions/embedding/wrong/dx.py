# mistake: upstream_unused -- ones, as if the loss were the plain sum
def dx(x):
    return torch.ones_like(x)


# mistake: wrong_operand -- x instead of cot
def dx(x):
    return x.clone()


# mistake: wrong_operand -- the product
def dx(x, cot):
    return x*cot


# mistake: constant_factor -- mean instead of sum
def dx(cot):
    return cot/cot.numel()


# mistake: sign -- a minus
def dx(cot):
    return -cot


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
