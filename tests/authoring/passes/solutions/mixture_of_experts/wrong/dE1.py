# mistake: wrong_index -- another expert
def dE1(douts, outs, x):
    return x.T @ _before_tanh(douts, outs)[:, 0]


# mistake: upstream_only -- the tanh is skipped
def dE1(douts, x):
    return x.T @ douts[:, 1]
