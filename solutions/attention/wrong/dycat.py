# mistake: transposed -- Wo is not transposed
def dycat(dout, Wo):
    return dout @ Wo


# mistake: upstream_only -- the weights are missing
def dycat(dout):
    return dout.clone()


# mistake: wrong_operand -- times ycat
def dycat(dout, Wo, ycat):
    return (dout @ Wo.T)*ycat


# mistake: constant_factor -- averaged over the examples
def dycat(dout, Wo, n):
    return dout @ Wo.T/n


# mistake: upstream_unused -- only the weights
def dycat(ycat, Wo):
    return Wo.sum(1).expand_as(ycat)


# mistake: sign -- a minus
def dycat(dout, Wo):
    return -dout @ Wo.T


# mistake: zeros -- left as zeros
def dycat(ycat):
    return torch.zeros_like(ycat)
