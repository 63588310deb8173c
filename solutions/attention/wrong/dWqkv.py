# mistake: transposed -- transposed
def dWqkv(dqkv, x):
    return dqkv.flatten(0, 1).T @ x.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dWqkv(dqkv, x):
    return x.transpose(1, 2) @ dqkv


# mistake: constant_factor -- averaged over the examples
def dWqkv(dqkv, x):
    return (x.transpose(1, 2) @ dqkv).mean(0)


# mistake: wrong_index -- the first example only
def dWqkv(dqkv, x):
    return x[0].T @ dqkv[0]


# mistake: wrong_operand -- ycat instead of x
def dWqkv(dqkv, ycat):
    return ycat.flatten(0, 1).T @ dqkv.flatten(0, 1)


# mistake: summed_too_far -- added up before the product
def dWqkv(dqkv, x):
    return torch.outer(x.sum((0, 1)), dqkv.sum((0, 1)))


# mistake: upstream_only -- x is missing
def dWqkv(dqkv, Wqkv):
    return dqkv.sum((0, 1)).expand_as(Wqkv)


# mistake: sign -- a minus
def dWqkv(dqkv, x):
    return -x.flatten(0, 1).T @ dqkv.flatten(0, 1)


# mistake: zeros -- left as zeros
def dWqkv(Wqkv):
    return torch.zeros_like(Wqkv)
