# mistake: permuted -- viewed without transposing
def dy(dycat, y):
    return dycat.view(y.shape)


# mistake: permuted -- viewed as tokens of each head
def dy(dycat, n, T, n_head, hs):
    return dycat.view(n, n_head, T, hs)


# mistake: permuted -- not transposed
def dy(dycat, n_head):
    return dycat.unflatten(2, (n_head, -1))


# mistake: permuted -- the heads inside
def dy(dycat, n, T, n_head, hs):
    return dycat.view(n, T, hs, n_head).permute(0, 3, 1, 2)


# mistake: unknown -- not split into heads
def dy(dycat):
    return dycat.clone()


# mistake: hard_coded -- two heads
def dy(dycat, n, T):
    return dycat.view(n, T, 2, -1).transpose(1, 2)


# mistake: wrong_index -- heads swapped
def dy(dycat, n, T, n_head, hs):
    return dycat.view(n, T, n_head, hs).transpose(1, 2).flip(1)


# mistake: sign -- a minus
def dy(dycat, n, T, n_head, hs):
    return -dycat.view(n, T, n_head, hs).transpose(1, 2)


# mistake: zeros -- left as zeros
def dy(y):
    return torch.zeros_like(y)
