# mistake: missing_path -- the load balancing is forgotten
def dgate(dmix, x, E0, E1, E2, E3):
    return (dmix[:, None, :] * _outs(x, [E0, E1, E2, E3])).sum(2)


# mistake: wrong_path -- the mean treated as a sum
def dgate(dmix, dusage, x, E0, E1, E2, E3):
    return (dmix[:, None, :] * _outs(x, [E0, E1, E2, E3])).sum(2) + dusage
