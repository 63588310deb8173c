# mistake: unknown -- the unused positions are left out
def dwpe(dencoded):
    return dencoded.sum(0)


# mistake: constant_factor -- averaged over the examples
def dwpe(dencoded, wpe, T):
    return F.pad(dencoded.mean(0), (0, 0, 0, wpe.shape[0] - T))


# mistake: wrong_index -- the first example only
def dwpe(dencoded, wpe, T):
    return F.pad(dencoded[0], (0, 0, 0, wpe.shape[0] - T))


# mistake: wrong_index -- the last positions instead of the first
def dwpe(dencoded, wpe, T):
    return F.pad(dencoded.sum(0), (0, 0, wpe.shape[0] - T, 0))


# mistake: summed_too_far -- the same for every position
def dwpe(dencoded, wpe, T):
    return F.pad(dencoded.sum((0, 1)).expand(T, -1), (0, 0, 0, wpe.shape[0] - T))


# mistake: wrong_operand -- starts from the table instead of zeros
def dwpe(dencoded, wpe, T):
    wpe[:T] = dencoded.sum(0)
    return wpe


# mistake: other_gradient -- only along the skip connection
def dwpe(dres2, wpe, T):
    return F.pad(dres2.sum(0), (0, 0, 0, wpe.shape[0] - T))


# mistake: hard_coded -- three positions too many
def dwpe(dencoded):
    return F.pad(dencoded.sum(0), (0, 0, 0, 11 - 8))[:11]


# mistake: sign -- a minus
def dwpe(dencoded, wpe, T):
    return F.pad(-dencoded.sum(0), (0, 0, 0, wpe.shape[0] - T))


# mistake: zeros -- left as zeros
def dwpe(wpe):
    return torch.zeros_like(wpe)
