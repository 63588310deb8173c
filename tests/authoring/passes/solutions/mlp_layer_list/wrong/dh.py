# mistake: constant_factor -- the mean is forgotten
def dh(h, y):
    d = h.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d
