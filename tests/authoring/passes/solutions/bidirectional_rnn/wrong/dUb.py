# mistake: wrong_index -- the order of time of the forward direction
def dUb(dright, right, Ub):
    return _outer(right[:, :-1], _da_right(dright, right, Ub)[:, 1:])


# mistake: wrong_index -- gradients flow from left to right
def dUb(dright, right, Ub):
    return _outer(right[:, 1:], _da_left(dright, right, Ub)[:, :-1])
