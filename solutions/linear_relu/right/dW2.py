# form: h transposed by dimension
def dW2(dout, h):
    return h.transpose(0, 1) @ dout


# form: einsum
def dW2(dout, h):
    return torch.einsum('nh,no->ho', h, dout)


# form: the transpose of the other product
def dW2(dout, h):
    return (dout.T @ h).T


# form: a sum of outer products
def dW2(dout, h):
    return (h[:, :, None]*dout[:, None, :]).sum(0)


# form: example by example
def dW2(dout, h, W2):
    d = torch.zeros_like(W2)
    for hi, di in zip(h, dout):
        d += torch.outer(hi, di)
    return d


# form: in float32 whatever the input
def dW2(dout, h):
    return h.float().T @ dout.float()
