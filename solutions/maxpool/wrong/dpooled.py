# mistake: unknown -- not reshaped back
def dpooled(dout):
    return dout.clone()


# mistake: permuted -- columns before rows
def dpooled(dout, pooled):
    return dout.transpose(2, 3).reshape(pooled.shape)


# mistake: upstream_unused -- ones
def dpooled(pooled):
    return torch.ones_like(pooled)


# mistake: hard_coded -- 18 windows
def dpooled(dout, n, c):
    return dout.reshape(n, c, 18)


# mistake: sign -- a minus
def dpooled(dout):
    return -dout.flatten(2)


# mistake: zeros -- left as zeros
def dpooled(pooled):
    return torch.zeros_like(pooled)
