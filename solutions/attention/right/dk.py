# form: the upstream gradient transposed
def dk(dqk, q):
    return dqk.mT @ q


# form: einsum
def dk(dqk, q):
    return torch.einsum('nhts,nhtc->nhsc', dqk, q)


# form: head by head
def dk(dqk, q, n_head):
    return torch.stack([dqk[:, h].mT @ q[:, h] for h in range(n_head)], 1)


# form: straight from datt
def dk(datt, q, hs):
    return (datt*hs**-0.5).mT @ q


# form: in float32 whatever the input
def dk(dqk, q):
    return dqk.float().mT @ q.float()
