# mistake: missing_path -- only the queries
def dx(dqkv, Wqkv, C):
    return dqkv[..., :C] @ Wqkv[:, :C].T


# mistake: missing_path -- the values are missing
def dx(dqkv, Wqkv, C):
    return dqkv[..., :2*C] @ Wqkv[:, :2*C].T


# mistake: wrong_path -- a skip connection, which does not exist
def dx(dqkv, Wqkv, dout):
    return dqkv @ Wqkv.T + dout


# mistake: wrong_index -- keys and queries swapped
def dx(dqkv, Wqkv, C):
    return dqkv[..., C:2*C] @ Wqkv[:, :C].T + dqkv[..., :C] @ Wqkv[:, C:2*C].T + dqkv[..., 2*C:] @ Wqkv[:, 2*C:].T


# mistake: wrong_operand -- times x
def dx(dqkv, Wqkv, x):
    return (dqkv @ Wqkv.T)*x


# mistake: constant_factor -- averaged over the examples
def dx(dqkv, Wqkv, n):
    return dqkv @ Wqkv.T/n


# mistake: upstream_unused -- only the weights
def dx(x, Wqkv):
    return Wqkv.sum(1).expand_as(x)


# mistake: transposed -- transposed
def dx(dqkv, Wqkv):
    return (dqkv @ Wqkv.T).transpose(1, 2)


# mistake: sign -- a minus
def dx(dqkv, Wqkv):
    return -dqkv @ Wqkv.T


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
