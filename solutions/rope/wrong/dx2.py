# mistake: sign -- rotated forward again
def dx2(dr1, dr2, cos, sin):
    return dr2*cos + dr1*sin


# mistake: missing_path -- only r2
def dx2(dr2, cos):
    return dr2*cos


# mistake: missing_path -- only r1
def dx2(dr1, sin):
    return -dr1*sin


# mistake: wrong_path -- cos and sin swapped
def dx2(dr1, dr2, cos, sin):
    return dr2*sin - dr1*cos


# mistake: wrong_path -- r1 and r2 swapped
def dx2(dr1, dr2, cos, sin):
    return dr1*cos - dr2*sin


# mistake: negated_path -- the minus at the wrong product
def dx2(dr1, dr2, cos, sin):
    return dr1*sin - dr2*cos


# mistake: upstream_only -- cos and sin are missing
def dx2(dr1, dr2):
    return dr2 - dr1


# mistake: upstream_unused -- the gradients are missing
def dx2(x2, cos, sin):
    return (cos - sin).expand_as(x2)


# mistake: doubled_path -- r1 twice
def dx2(dr1, dr2, cos, sin):
    return dr2*cos - 2*dr1*sin


# mistake: zeros -- left as zeros
def dx2(x2):
    return torch.zeros_like(x2)
