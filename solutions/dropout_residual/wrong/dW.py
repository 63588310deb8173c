# mistake: transposed -- rows and columns swapped
def dW(dbranch, x):
    return dbranch.T @ x


# mistake: missing_path -- the mask is skipped
def dW(dkept, x):
    return x.T @ dkept


# mistake: other_gradient -- dout instead of dbranch
def dW(dout, x):
    return x.T @ dout


# mistake: wrong_operand -- out instead of x
def dW(dbranch, out):
    return out.T @ dbranch


# mistake: wrong_operand -- branch instead of x
def dW(dbranch, branch):
    return branch.T @ dbranch


# mistake: constant_factor -- averaged over the minibatch
def dW(dbranch, x):
    return x.T @ dbranch/x.shape[0]


# mistake: upstream_only -- x is missing
def dW(dbranch, W):
    return torch.ones_like(W)*dbranch.sum(0)


# mistake: upstream_unused -- dbranch is missing
def dW(x, W):
    return x.sum(0)[:, None]*torch.ones_like(W)


# mistake: sign -- a minus
def dW(dbranch, x):
    return -x.T @ dbranch


# mistake: not_summed -- one matrix per example
def dW(dbranch, x):
    return x[:, :, None]*dbranch[:, None, :]


# mistake: zeros -- left as zeros
def dW(W):
    return torch.zeros_like(W)
