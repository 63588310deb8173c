# mistake: wrong_index -- the state before each step
def dWhy(chars, Wxh, Whh, bh, Why, by):
    h = _states(chars, Wxh, Whh, bh)
    return torch.einsum('tni,tnj->ij', h[:-1], _dlogits(chars, h, Why, by))


# mistake: sign -- a minus
def dWhy(chars, Wxh, Whh, bh, Why, by):
    h = _states(chars, Wxh, Whh, bh)
    return -torch.einsum('tni,tnj->ij', h[1:], _dlogits(chars, h, Why, by))
