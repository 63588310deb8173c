# form: transpose
def dW1(dhprebn, embcat):
    return embcat.transpose(0, 1) @ dhprebn


# form: embcat from emb
def dW1(dhprebn, emb, n):
    return emb.view(n, -1).T @ dhprebn


# form: sum of outer products, one per example
def dW1(dhprebn, embcat, n):
    return sum(torch.outer(embcat[i], dhprebn[i]) for i in range(n))


# form: index notation
def dW1(dhprebn, embcat):
    return torch.einsum('ni,nj->ij', embcat, dhprebn)


# form: torch.matmul
def dW1(dhprebn, embcat):
    return torch.matmul(embcat.T, dhprebn)


# form: einsum
def dW1(dhprebn, embcat):
    return torch.einsum('pq,qr->pr', embcat.T, dhprebn)


# form: both transposed, the result transposed back
def dW1(dhprebn, embcat):
    return ((dhprebn).T @ (embcat.T).T).T


# form: broadcast and summed
def dW1(dhprebn, embcat):
    return ((embcat.T)[:, :, None] * (dhprebn)[None]).sum(1)


# form: row by row
def dW1(dhprebn, embcat):
    return torch.stack([row @ dhprebn for row in embcat.T])


# form: the sum backwards
def dW1(dhprebn, embcat):
    return (embcat.T).flip(1) @ (dhprebn).flip(0)
