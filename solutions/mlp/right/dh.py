# form: transpose
def dh(dlogits, W2):
    return dlogits @ W2.transpose(0, 1)


# form: t()
def dh(dlogits, W2):
    return dlogits.mm(W2.t())


# form: F.linear transposes W2 itself
def dh(dlogits, W2):
    return F.linear(dlogits, W2)


# form: torch.matmul
def dh(dlogits, W2):
    return torch.matmul(dlogits, W2.T)


# form: einsum
def dh(dlogits, W2):
    return torch.einsum('pq,qr->pr', dlogits, W2.T)


# form: both transposed, the result transposed back
def dh(dlogits, W2):
    return ((W2.T).T @ (dlogits).T).T


# form: broadcast and summed
def dh(dlogits, W2):
    return ((dlogits)[:, :, None] * (W2.T)[None]).sum(1)


# form: row by row
def dh(dlogits, W2):
    return torch.stack([row @ W2.T for row in dlogits])


# form: the sum backwards
def dh(dlogits, W2):
    return (dlogits).flip(1) @ (W2.T).flip(0)


# form: in float32 whatever the input
def dh(dlogits, W2):
    return dlogits.float() @ W2.float().T
