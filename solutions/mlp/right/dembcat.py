# form: transpose
def dembcat(dhprebn, W1):
    return dhprebn @ W1.transpose(0, 1)


# form: t()
def dembcat(dhprebn, W1):
    return dhprebn.mm(W1.t())


# form: F.linear transposes W1 itself
def dembcat(dhprebn, W1):
    return F.linear(dhprebn, W1)


# form: torch.matmul
def dembcat(dhprebn, W1):
    return torch.matmul(dhprebn, W1.T)


# form: einsum
def dembcat(dhprebn, W1):
    return torch.einsum('pq,qr->pr', dhprebn, W1.T)


# form: both transposed, the result transposed back
def dembcat(dhprebn, W1):
    return ((W1.T).T @ (dhprebn).T).T


# form: broadcast and summed
def dembcat(dhprebn, W1):
    return ((dhprebn)[:, :, None] * (W1.T)[None]).sum(1)


# form: row by row
def dembcat(dhprebn, W1):
    return torch.stack([row @ W1.T for row in dhprebn])


# form: the sum backwards
def dembcat(dhprebn, W1):
    return (dhprebn).flip(1) @ (W1.T).flip(0)
