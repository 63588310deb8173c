# mistake: wrong_index -- the first half
def dr2(dout, half):
    return dout[:, :, :half]


# mistake: wrong_index -- every other number
def dr2(dout):
    return dout[:, :, 1::2]


# mistake: unknown -- both halves
def dr2(dout):
    return dout.clone()


# mistake: wrong_path -- both halves subtracted
def dr2(dout, half):
    return dout[:, :, half:] - dout[:, :, :half]


# mistake: wrong_operand -- cos a line too early
def dr2(dout, half, cos):
    return dout[:, :, half:]*cos


# mistake: hard_coded -- six pairs
def dr2(dout):
    return dout[:, :, 6:]


# mistake: upstream_unused -- ones
def dr2(r2):
    return torch.ones_like(r2)


# mistake: sign -- a minus
def dr2(dout, half):
    return -dout[:, :, half:]


# mistake: zeros -- left as zeros
def dr2(r2):
    return torch.zeros_like(r2)
