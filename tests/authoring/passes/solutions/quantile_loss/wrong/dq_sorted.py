# mistake: sign -- the other way round
def dq_sorted(q_sorted, y, taus):
    below = (y[:, None] < q_sorted).to(q_sorted.dtype)
    return (taus - below) / len(y)


# mistake: constant_factor -- a mean over all numbers
def dq_sorted(q_sorted, y, taus):
    below = (y[:, None] < q_sorted).to(q_sorted.dtype)
    return (below - taus) / q_sorted.numel()


# mistake: wrong_operand -- the examples below are forgotten
def dq_sorted(q_sorted, y, taus):
    return -taus.expand_as(q_sorted) / len(y)
