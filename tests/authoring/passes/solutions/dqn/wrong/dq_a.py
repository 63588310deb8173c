# mistake: wrong_operand -- the squared error: not clipped
def dq_a(q_a, y):
    return (q_a - y) / len(q_a)


# mistake: sign -- the other way round
def dq_a(q_a, y):
    return torch.clamp(y - q_a, -1, 1) / len(q_a)
