# mistake: missing_path -- only the gate
def dx(dgate, Wg):
    return dgate @ Wg.T


# mistake: missing_path -- the gate is missing
def dx(dup, Wu):
    return dup @ Wu.T


# mistake: wrong_path -- the weights swapped
def dx(dgate, dup, Wg, Wu):
    return dgate @ Wu.T + dup @ Wg.T


# mistake: negated_path -- the gate with a minus
def dx(dgate, dup, Wg, Wu):
    return dup @ Wu.T - dgate @ Wg.T


# mistake: doubled_path -- the gate twice
def dx(dgate, dup, Wg, Wu):
    return dup @ Wu.T + 2*dgate @ Wg.T


# mistake: wrong_path -- silu is skipped
def dx(dact, dup, Wg, Wu):
    return dup @ Wu.T + dact @ Wg.T


# mistake: wrong_path -- a skip connection, which does not exist
def dx(dgate, dup, Wg, Wu, dout):
    return dup @ Wu.T + dgate @ Wg.T + dout


# mistake: constant_factor -- the mean of both
def dx(dgate, dup, Wg, Wu):
    return (dup @ Wu.T + dgate @ Wg.T)/2


# mistake: wrong_path -- one path overwrites the other
def dx(dgate, dup, Wg, Wu):
    d = dup @ Wu.T
    d = dgate @ Wg.T
    return d


# mistake: transposed -- transposed
def dx(dgate, dup, Wg, Wu):
    return (dup @ Wu.T + dgate @ Wg.T).transpose(1, 2)


# mistake: sign -- a minus
def dx(dgate, dup, Wg, Wu):
    return -dup @ Wu.T - dgate @ Wg.T


# mistake: zeros -- left as zeros
def dx(x):
    return torch.zeros_like(x)
