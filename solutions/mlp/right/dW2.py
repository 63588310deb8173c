# form: transpose
def dW2(dlogits, h):
    return h.transpose(0, 1) @ dlogits


# form: t()
def dW2(dlogits, h):
    return h.t().mm(dlogits)


# form: sum of outer products, one per example
def dW2(dlogits, h, n):
    return sum(torch.outer(h[i], dlogits[i]) for i in range(n))


# form: index notation, as derived in the lecture
def dW2(dlogits, h):
    return torch.einsum('ni,nj->ij', h, dlogits)


# form: tanh recomputed
def dW2(dlogits, hpreact):
    return torch.tanh(hpreact).T @ dlogits


# form: torch.matmul
def dW2(dlogits, h):
    return torch.matmul(h.T, dlogits)


# form: einsum
def dW2(dlogits, h):
    return torch.einsum('pq,qr->pr', h.T, dlogits)


# form: both transposed, the result transposed back
def dW2(dlogits, h):
    return ((dlogits).T @ (h.T).T).T


# form: broadcast and summed
def dW2(dlogits, h):
    return ((h.T)[:, :, None] * (dlogits)[None]).sum(1)


# form: row by row
def dW2(dlogits, h):
    return torch.stack([row @ dlogits for row in h.T])


# form: the sum backwards
def dW2(dlogits, h):
    return (h.T).flip(1) @ (dlogits).flip(0)
