# form: the other order, dim -1
def drrms(dnorm, x):
    return (dnorm*x).sum(-1, keepdim=True)


# form: summed, then unsqueezed
def drrms(dnorm, x):
    return (dnorm*x).sum(2).unsqueeze(2)


# form: einsum
def drrms(dnorm, x):
    return torch.einsum('ntc,ntc->nt', dnorm, x)[..., None]


# form: the mean times the count
def drrms(dnorm, x, C):
    return C*(dnorm*x).mean(2, keepdim=True)
