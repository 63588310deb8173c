# form: the other order, dim -1
def drstd(dnorm, xshift):
    return (dnorm*xshift).sum(-1, keepdim=True)


# form: summed, then unsqueezed
def drstd(dnorm, xshift):
    return (dnorm*xshift).sum(2)[..., None]


# form: einsum
def drstd(dnorm, xshift):
    return torch.einsum('ntc,ntc->nt', dnorm, xshift).unsqueeze(2)


# form: the mean times the count
def drstd(dnorm, xshift, C):
    return C*(dnorm*xshift).mean(2, keepdim=True)
