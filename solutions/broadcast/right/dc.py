# form: the other order
def dc(dprod, a):
    return (dprod*a).sum(1, keepdim=True)


# form: summed, then unsqueezed
def dc(dprod, a):
    return (dprod*a).sum(1)[:, None]


# form: einsum
def dc(dprod, a):
    return torch.einsum('ij,ij->i', dprod, a).view(-1, 1)


# form: a batch of dot products
def dc(dprod, a):
    return torch.bmm(dprod[:, None, :], a[:, :, None])[:, :, 0]


# form: the mean times the count
def dc(dprod, a):
    return a.shape[1]*(dprod*a).mean(1, keepdim=True)


# form: in float32 whatever the input
def dc(dprod, a):
    return (dprod.float()*a.float()).sum(1, keepdim=True)
