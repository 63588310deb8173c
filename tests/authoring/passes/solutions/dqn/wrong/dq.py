# mistake: wrong_index -- the best action instead of the one taken
def dq(dq_a, q):
    return torch.zeros_like(q).scatter(1, q.argmax(1, keepdim=True), dq_a[:, None])


# mistake: not_summed -- every action
def dq(dq_a, q):
    return dq_a[:, None].expand_as(q)
