# mistake: wrong_operand -- hard targets
def dlog_probs(log_probs, y):
    d = torch.zeros_like(log_probs)
    d[torch.arange(len(y)), y] = -1 / len(y)
    return d


# mistake: constant_factor -- the mean over all numbers
def dlog_probs(target):
    return -target / target.numel()
