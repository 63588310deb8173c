# form: einsum
def dqkvw(dqkv, ln1):
    return torch.einsum('ntj,nti->ji', dqkv, ln1)


# form: one product per example, then the sum
def dqkvw(dqkv, ln1):
    return (dqkv.transpose(1, 2) @ ln1).sum(0)


# form: the transpose of the other product
def dqkvw(dqkv, ln1):
    return (ln1.flatten(0, 1).T @ dqkv.flatten(0, 1)).T
