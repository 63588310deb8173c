# form: the minus outside
def dmean(dxshift):
    return -dxshift.sum(2, keepdim=True)


# form: dim -1
def dmean(dxshift):
    return -dxshift.sum(-1, keepdim=True)


# form: summed, then unsqueezed
def dmean(dxshift):
    return -dxshift.sum(2).unsqueeze(2)


# form: the mean times the count
def dmean(dxshift, C):
    return -C*dxshift.mean(2, keepdim=True)
