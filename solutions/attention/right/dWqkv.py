# form: view
def dWqkv(dqkv, x, C):
    return x.view(-1, C).T @ dqkv.view(-1, 3*C)


# form: einsum
def dWqkv(dqkv, x):
    return torch.einsum('nti,ntj->ij', x, dqkv)


# form: one product per example, then the sum
def dWqkv(dqkv, x):
    return (x.transpose(1, 2) @ dqkv).sum(0)
