# mistake: wrong_operand -- times dropped
def ddropped(dout, dropped):
    return dout*dropped


# mistake: upstream_unused -- ones
def ddropped(dropped):
    return torch.ones_like(dropped)


# mistake: constant_factor -- a half, as if the two paths shared it
def ddropped(dout):
    return dout/2


# mistake: missing_path -- what x gets is taken away
def ddropped(dout, x):
    return dout - x


# mistake: sign -- a minus
def ddropped(dout):
    return -dout


# mistake: zeros -- nothing is filled in
def ddropped(dropped):
    return torch.zeros_like(dropped)
