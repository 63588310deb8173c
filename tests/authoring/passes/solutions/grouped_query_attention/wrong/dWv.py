# mistake: constant_factor -- mean over a group instead of the sum
def dWv(dv, x, n_kv):
    return torch.einsum('nti,ntj->ij', x, _group(dv, n_kv)) / (dv.shape[1] // n_kv)


# mistake: not_summed -- the first head of each group only
def dWv(dv, x, n_kv):
    g = dv[:, :: dv.shape[1] // n_kv].transpose(1, 2).flatten(2)
    return torch.einsum('nti,ntj->ij', x, g)
