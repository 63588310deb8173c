# form: transpose of the last two
def dp(dy, v):
    return dy @ v.mT


# form: einsum
def dp(dy, v):
    return torch.einsum('nhtc,nhsc->nhts', dy, v)


# form: the transpose of the other product
def dp(dy, v):
    return (v @ dy.mT).mT


# form: written in float32 whatever comes in
def dp(dy, v):
    return dy.float() @ v.float().mT
