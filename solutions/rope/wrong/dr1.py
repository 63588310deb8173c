# mistake: wrong_index -- the second half
def dr1(dout, half):
    return dout[:, :, half:]


# mistake: wrong_index -- every other number
def dr1(dout):
    return dout[:, :, 0::2]


# mistake: unknown -- both halves
def dr1(dout):
    return dout.clone()


# mistake: wrong_path -- both halves added
def dr1(dout, half):
    return dout[:, :, :half] + dout[:, :, half:]


# mistake: wrong_operand -- cos a line too early
def dr1(dout, half, cos):
    return dout[:, :, :half]*cos


# mistake: hard_coded -- six pairs
def dr1(dout):
    return dout[:, :, :6]


# mistake: upstream_unused -- ones
def dr1(r1):
    return torch.ones_like(r1)


# mistake: sign -- a minus
def dr1(dout, half):
    return -dout[:, :, :half]


# mistake: zeros -- left as zeros
def dr1(r1):
    return torch.zeros_like(r1)
