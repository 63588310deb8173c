# mistake: transposed -- rows and columns swapped
def dW(dz, x):
    return dz.T @ x


# mistake: other_gradient -- the tanh is skipped
def dW(dh, x):
    return x.T @ dh


# mistake: wrong_operand -- h instead of x
def dW(dz, h):
    return h.T @ dz


# mistake: constant_factor -- averaged a second time
def dW(dz, x, n):
    return x.T @ dz/n


# mistake: upstream_only -- x is missing
def dW(dz, W):
    return dz.sum(0).expand_as(W)


# mistake: sign -- a minus
def dW(dz, x):
    return -x.T @ dz


# mistake: zeros -- left as zeros
def dW(W):
    return torch.zeros_like(W)
