# form: the minus outside
def dlse(dlogp):
    return -dlogp.sum(1, keepdim=True)


# form: summed, then unsqueezed
def dlse(dlogp):
    return -dlogp.sum(1)[:, None]


# form: times a column of ones
def dlse(dlogp):
    return -dlogp @ torch.ones(dlogp.shape[1], 1)


# form: fused: each row holds one number
def dlse(lse, n):
    return torch.ones_like(lse)/n
