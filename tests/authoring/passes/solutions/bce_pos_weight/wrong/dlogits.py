# mistake: wrong_operand -- the weight of the positives is forgotten
def dlogits(logits, y):
    return (torch.sigmoid(logits) - y) / y.numel()


# mistake: wrong_operand -- the negatives are weighted as well
def dlogits(logits, y, pos_weight):
    return pos_weight * (torch.sigmoid(logits) - y) / y.numel()


# mistake: constant_factor -- the mean over the examples only
def dlogits(logits, y, pos_weight):
    p = torch.sigmoid(logits)
    return ((1 - y) * p - pos_weight * y * (1 - p)) / y.shape[0]


# mistake: sign -- an extra minus
def dlogits(logits, y, pos_weight):
    p = torch.sigmoid(logits)
    return (pos_weight * y * (1 - p) - (1 - y) * p) / y.numel()
