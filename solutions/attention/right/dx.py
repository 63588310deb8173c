# form: einsum
def dx(dqkv, Wqkv):
    return torch.einsum('ntj,ij->nti', dqkv, Wqkv)


# form: F.linear, which transposes its weights
def dx(dqkv, Wqkv):
    return torch.nn.functional.linear(dqkv, Wqkv)


# form: queries, keys and values one by one
def dx(dqkv, Wqkv, C):
    return dqkv[..., :C] @ Wqkv[:, :C].T + dqkv[..., C:2*C] @ Wqkv[:, C:2*C].T + dqkv[..., 2*C:] @ Wqkv[:, 2*C:].T
