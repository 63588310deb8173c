# mistake: missing_path -- the gate is missing
def dW1(dh, x):
    return x.T @ dh


# mistake: transposed -- transposed
def dW1(dz1, x):
    return dz1.T @ x


# mistake: constant_factor -- averaged over the minibatch
def dW1(dz1, x):
    return x.T @ dz1/x.shape[0]


# mistake: upstream_unused -- only x
def dW1(x, W1):
    return x.sum(0)[:, None]*torch.ones_like(W1)


# mistake: upstream_only -- x is missing
def dW1(dz1, W1):
    return torch.ones_like(W1)*dz1.sum(0)


# mistake: not_summed -- one matrix per example
def dW1(dz1, x):
    return x[:, :, None]*dz1[:, None, :]


# mistake: sign -- a minus
def dW1(dz1, x):
    return -x.T @ dz1


# mistake: wrong_operand -- absolute inputs
def dW1(dz1, x):
    return x.abs().T @ dz1


# mistake: zeros -- left as zeros
def dW1(W1):
    return torch.zeros_like(W1)
