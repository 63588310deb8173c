# mistake: unknown -- the unused positions are left out
def dwpe(dpos):
    return dpos.clone()


# mistake: wrong_index -- the last positions instead of the first
def dwpe(dpos, wpe, T):
    d = torch.zeros_like(wpe)
    d[-T:] = dpos
    return d


# mistake: wrong_operand -- starts from the table instead of zeros
def dwpe(dpos, wpe, T):
    wpe[:T] = dpos
    return wpe


# mistake: wrong_index -- positions in reverse order
def dwpe(dpos, wpe, T):
    d = torch.zeros_like(wpe)
    d[:T] = dpos.flip(0)
    return d


# mistake: summed_too_far -- the same sum for every position
def dwpe(dpos, wpe, T):
    d = torch.zeros_like(wpe)
    d[:T] = dpos.sum(0)
    return d


# mistake: constant_factor -- averaged over the examples
def dwpe(dpos, wpe, T, idx):
    d = torch.zeros_like(wpe)
    d[:T] = dpos/idx.shape[0]
    return d


# mistake: upstream_unused -- ones
def dwpe(wpe, T):
    d = torch.zeros_like(wpe)
    d[:T] = 1.0
    return d


# mistake: hard_coded -- eight positions
def dwpe(dpos, wpe):
    d = torch.zeros_like(wpe)
    d[:8] = dpos
    return d


# mistake: sign -- a minus
def dwpe(dpos, wpe, T):
    return F.pad(-dpos, (0, 0, 0, wpe.shape[0] - T))


# mistake: zeros -- left as zeros
def dwpe(wpe):
    return torch.zeros_like(wpe)
