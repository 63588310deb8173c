# form: slice by slice
def dqkv(dq, dk, dv, qkv, n, T, C):
    d = torch.zeros_like(qkv)
    d[:, :, :C] = dq.transpose(1, 2).reshape(n, T, C)
    d[:, :, C:2*C] = dk.transpose(1, 2).reshape(n, T, C)
    d[:, :, 2*C:] = dv.transpose(1, 2).reshape(n, T, C)
    return d


# form: stacked
def dqkv(dq, dk, dv, n, T):
    return torch.stack([dq, dk, dv], 1).permute(0, 3, 1, 2, 4).reshape(n, T, -1)
