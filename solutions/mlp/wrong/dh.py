# mistake: transposed -- W2 is not transposed: the shapes do not fit
def dh(dlogits, W2):
    return dlogits @ W2


# mistake: wrong_operand -- W2 times dlogits, elementwise
def dh(dlogits, W2):
    return W2*dlogits


# mistake: other_gradient -- dprobs instead of dlogits
def dh(dprobs, W2):
    return dprobs @ W2.T


# mistake: sign -- an extra minus
def dh(dlogits, W2):
    return -(dlogits @ W2.T)


# mistake: upstream_unused -- ones instead of the upstream gradient
def dh(dlogits, W2):
    return torch.ones_like(dlogits) @ W2.T


# mistake: wrong_operand -- the absolute weights
def dh(dlogits, W2):
    return dlogits @ W2.abs().T


# mistake: constant_factor -- divided by n
def dh(dlogits, W2, n):
    return dlogits @ W2.T / n


# mistake: hard_coded -- divided by 32, times n
def dh(dlogits, W2, n):
    return dlogits @ W2.T / 32 * n


# mistake: not_summed -- elementwise, without the sum
def dh(dlogits, W2):
    return dlogits[:, None, :] * W2[None]


# mistake: transposed -- the result is transposed
def dh(dlogits, W2):
    return W2 @ dlogits.T


# mistake: wrong_path -- the bias adds its own gradient
def dh(dlogits, b2, W2):
    return (dlogits + b2) @ W2.T


# mistake: zeros -- left as zeros
def dh(h):
    return torch.zeros_like(h)


# mistake: wrong_dtype -- in float64
def dh(dlogits, W2):
    return (dlogits.double() @ W2.T.double())


# mistake: float32_pinned -- the sign flipped, in float32
def dh(dlogits, W2):
    return -(dlogits.float() @ W2.T.float())


# mistake: unknown -- garbage
def dh(h):
    return torch.cos(h)
