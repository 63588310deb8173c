# form: transposed by dimension
def dWh(dgates, hprev):
    return hprev.transpose(0, 1) @ dgates


# form: einsum
def dWh(dgates, hprev):
    return torch.einsum('ni,nj->ij', hprev, dgates)


# form: the transpose of the other product
def dWh(dgates, hprev):
    return (dgates.T @ hprev).T


# form: gate by gate
def dWh(dgi, dgf, dgg, dgo, hprev):
    return torch.cat([hprev.T @ dgi, hprev.T @ dgf, hprev.T @ dgg, hprev.T @ dgo], 1)
