# form: the minus outside
def drowmean(dcentered):
    return -dcentered.sum(1, keepdim=True)


# form: with dim -1
def drowmean(dcentered):
    return (-dcentered).sum(-1, keepdim=True)


# form: summed, then unsqueezed
def drowmean(dcentered):
    return -dcentered.sum(1).unsqueeze(1)


# form: times a column of ones
def drowmean(dcentered):
    return -dcentered @ torch.ones(dcentered.shape[1], 1)


# form: the mean times the count
def drowmean(dcentered):
    return -dcentered.shape[1]*dcentered.mean(1, keepdim=True)
