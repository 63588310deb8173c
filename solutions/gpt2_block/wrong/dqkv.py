# mistake: permuted -- viewed without transposing
def dqkv(dq, dk, dv, n, T, C):
    return torch.cat([dq.reshape(n, T, C), dk.reshape(n, T, C), dv.reshape(n, T, C)], 2)


# mistake: wrong_index -- k before q
def dqkv(dq, dk, dv):
    return torch.cat([d.transpose(1, 2).flatten(2) for d in (dk, dq, dv)], 2)


# mistake: wrong_index -- v first
def dqkv(dq, dk, dv):
    return torch.cat([d.transpose(1, 2).flatten(2) for d in (dv, dk, dq)], 2)


# mistake: missing_path -- v is missing
def dqkv(dq, dk):
    return torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, torch.zeros_like(dk))], 2)


# mistake: permuted -- head by head
def dqkv(dq, dk, dv):
    return torch.cat([dq, dk, dv], 3).transpose(1, 2).flatten(2)


# mistake: summed_too_far -- the three summed
def dqkv(dq, dk, dv):
    return (dq + dk + dv).transpose(1, 2).flatten(2)


# mistake: sign -- a minus
def dqkv(dq, dk, dv):
    return -torch.cat([d.transpose(1, 2).flatten(2) for d in (dq, dk, dv)], 2)


# mistake: zeros -- left as zeros
def dqkv(qkv):
    return torch.zeros_like(qkv)
