# form: einsum
def dWg(dgate, x):
    return torch.einsum('ntc,nth->ch', x, dgate)


# form: one product per example, then the sum
def dWg(dgate, x):
    return (x.transpose(1, 2) @ dgate).sum(0)


# form: reshape
def dWg(dgate, x):
    return x.reshape(-1, x.shape[2]).T @ dgate.reshape(-1, dgate.shape[2])
