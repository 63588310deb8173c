# mistake: constant_factor -- the mean is forgotten
def dlogits(logits, y):
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d
