# mistake: transposed -- W1 is not transposed: the shapes do not fit
def dembcat(dhprebn, W1):
    return dhprebn @ W1


# mistake: other_gradient -- dhpreact instead of dhprebn
def dembcat(dhpreact, W1):
    return dhpreact @ W1.T


# mistake: other_gradient -- dbndiff instead of dhprebn: the mean path is missing
def dembcat(dbndiff, W1):
    return dbndiff @ W1.T


# mistake: permuted -- the three positions in the wrong order
def dembcat(dhprebn, W1, n):
    return (dhprebn @ W1.T).view(n, 3, -1).flip(1).reshape(n, -1)


# mistake: permuted -- positions and numbers swapped
def dembcat(dhprebn, W1, n):
    return (dhprebn @ W1.T).view(n, 3, -1).transpose(1, 2).reshape(n, -1)


# mistake: sign -- an extra minus
def dembcat(dhprebn, W1):
    return -(dhprebn @ W1.T)


# mistake: upstream_unused -- ones instead of the upstream gradient
def dembcat(dhprebn, W1):
    return torch.ones_like(dhprebn) @ W1.T


# mistake: wrong_operand -- the absolute weights
def dembcat(dhprebn, W1):
    return dhprebn @ W1.abs().T


# mistake: constant_factor -- divided by n
def dembcat(dhprebn, W1, n):
    return dhprebn @ W1.T / n


# mistake: hard_coded -- divided by 32, times n
def dembcat(dhprebn, W1, n):
    return dhprebn @ W1.T / 32 * n


# mistake: not_summed -- elementwise, without the sum
def dembcat(dhprebn, W1):
    return dhprebn[:, None, :] * W1[None]


# mistake: transposed -- the result is transposed
def dembcat(dhprebn, W1):
    return W1 @ dhprebn.T


# mistake: wrong_path -- the bias adds its own gradient
def dembcat(dhprebn, b1, W1):
    return (dhprebn + b1) @ W1.T


# mistake: zeros -- left as zeros
def dembcat(embcat):
    return torch.zeros_like(embcat)


# mistake: wrong_dtype -- in float64
def dembcat(dhprebn, W1):
    return (dhprebn.double() @ W1.T.double())


# mistake: float32_pinned -- the sign flipped, in float32
def dembcat(dhprebn, W1):
    return -(dhprebn.float() @ W1.T.float())


# mistake: unknown -- garbage
def dembcat(embcat):
    return torch.cos(embcat)
