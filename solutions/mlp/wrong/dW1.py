# mistake: other_gradient -- dhpreact instead of dhprebn
def dW1(dhpreact, embcat):
    return embcat.T @ dhpreact


# mistake: other_gradient -- dbndiff instead of dhprebn: the mean path is missing
def dW1(dbndiff, embcat):
    return embcat.T @ dbndiff


# mistake: permuted -- the embeddings in the wrong order
def dW1(dhprebn, emb, n):
    return emb.transpose(1, 2).reshape(n, -1).T @ dhprebn


# mistake: float32_pinned -- the mean, in float32
def dW1(dhprebn, embcat, n):
    return embcat.T.float() @ dhprebn.float() / n


# mistake: sign -- an extra minus
def dW1(dhprebn, embcat):
    return -(embcat.T @ dhprebn)


# mistake: transposed -- the result is transposed
def dW1(dhprebn, embcat):
    return dhprebn.T @ embcat


# mistake: constant_factor -- mean over the minibatch instead of the sum
def dW1(dhprebn, embcat, n):
    return embcat.T @ dhprebn / n


# mistake: upstream_unused -- ones instead of the upstream gradient
def dW1(dhprebn, embcat):
    return embcat.T @ torch.ones_like(dhprebn)


# mistake: upstream_only -- ones instead of the input
def dW1(dhprebn, embcat):
    return torch.ones_like(embcat).T @ dhprebn


# mistake: hard_coded -- the mean times 32
def dW1(dhprebn, embcat, n):
    return embcat.T @ dhprebn / n * 32


# mistake: hard_coded -- a hard-coded shape
def dW1(dhprebn, embcat):
    return (embcat.T @ dhprebn).view(30, 64)


# mistake: summed_too_far -- summed separately, then multiplied
def dW1(dhprebn, embcat):
    return embcat.sum(0)[:, None] * dhprebn.sum(0)[None]


# mistake: not_summed -- one per example
def dW1(dhprebn, embcat):
    return embcat[:, :, None] * dhprebn[:, None, :]


# mistake: wrong_index -- the last example is left out
def dW1(dhprebn, embcat):
    return embcat[:-1].T @ dhprebn[:-1]


# mistake: wrong_index -- the first example only
def dW1(dhprebn, embcat):
    return torch.outer(embcat[0], dhprebn[0])


# mistake: wrong_operand -- the absolute values
def dW1(dhprebn, embcat):
    return embcat.abs().T @ dhprebn


# mistake: zeros -- left as zeros
def dW1(W1):
    return torch.zeros_like(W1)


# mistake: wrong_dtype -- in float64
def dW1(dhprebn, embcat):
    return embcat.T.double() @ dhprebn.double()
