# form: the other order
def dx(dgate, dup, Wg, Wu):
    return dgate @ Wg.T + dup @ Wu.T


# form: two steps with +=
def dx(dgate, dup, Wg, Wu):
    d = dup @ Wu.T
    d += dgate @ Wg.T
    return d


# form: both in one product
def dx(dgate, dup, Wg, Wu):
    return torch.cat([dgate, dup], 2) @ torch.cat([Wg, Wu], 1).T


# form: einsum
def dx(dgate, dup, Wg, Wu):
    return torch.einsum('nth,ch->ntc', dgate, Wg) + torch.einsum('nth,ch->ntc', dup, Wu)
