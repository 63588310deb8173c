# form: einsum
def dq(dqk, k):
    return torch.einsum('nhts,nhsc->nhtc', dqk, k)


# form: head by head
def dq(dqk, k, n_head):
    return torch.stack([dqk[:, h] @ k[:, h] for h in range(n_head)], 1)


# form: the transpose of the other product
def dq(dqk, k):
    return (k.mT @ dqk.mT).mT


# form: in float32 whatever the input
def dq(dqk, k):
    return dqk.float() @ k.float()
