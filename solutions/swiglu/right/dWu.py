# form: einsum
def dWu(dup, x):
    return torch.einsum('ntc,nth->ch', x, dup)


# form: one product per example, then the sum
def dWu(dup, x):
    return (x.transpose(1, 2) @ dup).sum(0)


# form: reshape
def dWu(dup, x):
    return x.reshape(-1, x.shape[2]).T @ dup.reshape(-1, dup.shape[2])
