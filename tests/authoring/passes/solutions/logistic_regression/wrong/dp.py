# mistake: sign -- the minus of the loss is missing
def dp(p, y, eps):
    return (y / (p + eps) - (1 - y) / (1 - p + eps)) / y.numel()


# mistake: negated_path -- the minus of 1 - p is missing
def dp(p, y, eps):
    return -(y / (p + eps) + (1 - y) / (1 - p + eps)) / y.numel()


# mistake: constant_factor -- the mean treated as a sum
def dp(p, y, eps):
    return -(y / (p + eps) - (1 - y) / (1 - p + eps))
