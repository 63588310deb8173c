# form: the other order
def da(dprod, c):
    return dprod*c


# form: einsum
def da(dprod, c):
    return torch.einsum('ij,ik->ij', dprod, c)


# form: a diagonal matrix
def da(dprod, c):
    return torch.diag(c[:, 0]) @ dprod
