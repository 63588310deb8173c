# form: the other order
def dnorm(dout, w):
    return w*dout


# form: a diagonal matrix
def dnorm(dout, w):
    return dout @ torch.diag(w)


# form: straight from cot
def dnorm(cot, w):
    return cot*w
