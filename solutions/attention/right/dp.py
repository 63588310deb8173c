# form: transpose of the last two
def dp(dy, v):
    return dy @ v.mT


# form: einsum
def dp(dy, v):
    return torch.einsum('nhtc,nhsc->nhts', dy, v)


# form: the transpose of the other product
def dp(dy, v):
    return (v @ dy.mT).mT


# form: in float32 whatever the input
def dp(dy, v):
    return dy.float() @ v.float().mT
