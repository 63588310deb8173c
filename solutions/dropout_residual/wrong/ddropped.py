# mistake: wrong_operand -- times dropped
def ddropped(dout, dropped):
    return dout*dropped


# mistake: upstream_unused -- ones
def ddropped(dropped):
    return torch.ones_like(dropped)


# mistake: constant_factor -- a half, as if the two paths divided it
def ddropped(dout):
    return dout/2


# mistake: missing_path -- the gradient of x is subtracted
def ddropped(dout, x):
    return dout - x


# mistake: sign -- a minus
def ddropped(dout):
    return -dout


# mistake: zeros -- left as zeros
def ddropped(dropped):
    return torch.zeros_like(dropped)
