# form: W2 transposed by dimension
def dh(dout, W2):
    return dout @ W2.transpose(0, 1)


# form: einsum
def dh(dout, W2):
    return torch.einsum('no,ho->nh', dout, W2)


# form: the transpose of the other product
def dh(dout, W2):
    return (W2 @ dout.T).T


# form: broadcast and summed
def dh(dout, W2):
    return (dout[:, None, :]*W2[None]).sum(2)


# form: in float32 whatever the input
def dh(dout, W2):
    return dout.float() @ W2.float().T
