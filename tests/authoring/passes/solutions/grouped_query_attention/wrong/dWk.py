# mistake: wrong_index -- the groups are taken with a stride, as `repeat` would lay them
def dWk(dk, x, n_kv):
    n, n_head, T, hs = dk.shape
    g = dk.reshape(n, n_head // n_kv, n_kv, T, hs).sum(1).transpose(1, 2).flatten(2)
    return torch.einsum('nti,ntj->ij', x, g)
