# form: einsum
def dWd(dout, hid):
    return torch.einsum('nth,ntc->hc', hid, dout)


# form: one product per example, then the sum
def dWd(dout, hid):
    return (hid.transpose(1, 2) @ dout).sum(0)


# form: tensordot
def dWd(dout, hid):
    return torch.tensordot(hid, dout, dims=([0, 1], [0, 1]))
