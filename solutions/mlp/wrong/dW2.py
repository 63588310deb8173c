# mistake: wrong_operand -- hpreact instead of h
def dW2(dlogits, hpreact):
    return hpreact.T @ dlogits


# mistake: other_gradient -- dprobs instead of dlogits
def dW2(dprobs, h):
    return h.T @ dprobs


# mistake: wrong_operand -- the derivative of tanh included
def dW2(dlogits, h):
    return (1 - h**2).T @ dlogits


# mistake: sign -- an extra minus
def dW2(dlogits, h):
    return -(h.T @ dlogits)


# mistake: transposed -- the result is transposed
def dW2(dlogits, h):
    return dlogits.T @ h


# mistake: constant_factor -- mean over the minibatch instead of the sum
def dW2(dlogits, h, n):
    return h.T @ dlogits / n


# mistake: upstream_unused -- ones instead of the upstream gradient
def dW2(dlogits, h):
    return h.T @ torch.ones_like(dlogits)


# mistake: upstream_only -- ones instead of the input
def dW2(dlogits, h):
    return torch.ones_like(h).T @ dlogits


# mistake: hard_coded -- the mean times 32
def dW2(dlogits, h, n):
    return h.T @ dlogits / n * 32


# mistake: hard_coded -- a hard-coded shape
def dW2(dlogits, h):
    return (h.T @ dlogits).view(64, 27)


# mistake: summed_too_far -- summed separately, then multiplied
def dW2(dlogits, h):
    return h.sum(0)[:, None] * dlogits.sum(0)[None]


# mistake: not_summed -- one per example
def dW2(dlogits, h):
    return h[:, :, None] * dlogits[:, None, :]


# mistake: wrong_index -- the last example is left out
def dW2(dlogits, h):
    return h[:-1].T @ dlogits[:-1]


# mistake: wrong_index -- the first example only
def dW2(dlogits, h):
    return torch.outer(h[0], dlogits[0])


# mistake: wrong_operand -- the absolute values
def dW2(dlogits, h):
    return h.abs().T @ dlogits


# mistake: zeros -- left as zeros
def dW2(W2):
    return torch.zeros_like(W2)


# mistake: wrong_dtype -- in float64
def dW2(dlogits, h):
    return h.T.double() @ dlogits.double()
