# mistake: sign -- the minus is missing
def dprobs(probs, ys, num):
    d = torch.zeros_like(probs)
    rows = torch.arange(num)
    d[rows, ys] = 1 / (num * probs[rows, ys])
    return d
