# mistake: missing_path -- the load balancing is forgotten
def dgate(dmix, outs):
    return (dmix[:, None, :] * outs).sum(2)


# mistake: wrong_path -- the mean treated as a sum
def dgate(dmix, dusage, outs):
    return (dmix[:, None, :] * outs).sum(2) + dusage
