# mistake: permuted -- numbers before positions, then transposed
def demb(dembcat, n):
    return dembcat.view(n, -1, 3).transpose(1, 2)


# mistake: permuted -- numbers before positions, and the shape is wrong too
def demb(dembcat, n):
    return dembcat.view(n, -1, 3)


# mistake: permuted -- positions from right to left
def demb(dembcat, emb):
    return dembcat.view(emb.shape).flip(1)


# mistake: permuted -- positions before examples
def demb(dembcat, n):
    return dembcat.view(3, n, -1).transpose(0, 1)


# mistake: permuted -- not reshaped back
def demb(dembcat):
    return dembcat.clone()


# mistake: sign -- an extra minus
def demb(dembcat, emb):
    return -dembcat.view(emb.shape)


# mistake: summed_too_far -- the positions are summed
def demb(dembcat, emb):
    return dembcat.view(emb.shape).sum(1, keepdim=True).expand_as(emb)


# mistake: constant_factor -- divided by the three positions
def demb(dembcat, emb):
    return dembcat.view(emb.shape)/3


# mistake: hard_coded -- 32 and 10
def demb(dembcat):
    return dembcat.view(32, 3, 10)


# mistake: hard_coded -- rows of 10
def demb(dembcat):
    return torch.stack([dembcat[:, :10], dembcat[:, 10:20], dembcat[:, 20:]], 1)


# mistake: upstream_unused -- ones
def demb(emb):
    return torch.ones_like(emb)


# mistake: upstream_unused -- the embeddings themselves, not their gradient
def demb(embcat, emb):
    return embcat.view(emb.shape)


# mistake: wrong_operand -- times emb
def demb(dembcat, emb):
    return dembcat.view(emb.shape)*emb


# mistake: float32_pinned -- an extra minus, in float32
def demb(dembcat, emb):
    return -dembcat.view(emb.shape).float()


# mistake: zeros -- left as zeros
def demb(emb):
    return torch.zeros_like(emb)
