# mistake: sign -- rotated forward again
def dx1(dr1, dr2, cos, sin):
    return dr1*cos - dr2*sin


# mistake: missing_path -- only r1
def dx1(dr1, cos):
    return dr1*cos


# mistake: missing_path -- only r2
def dx1(dr2, sin):
    return dr2*sin


# mistake: wrong_path -- cos and sin swapped
def dx1(dr1, dr2, cos, sin):
    return dr1*sin + dr2*cos


# mistake: wrong_path -- r1 and r2 swapped
def dx1(dr1, dr2, cos, sin):
    return dr2*cos + dr1*sin


# mistake: doubled_path -- r2 twice
def dx1(dr1, dr2, cos, sin):
    return dr1*cos + 2*dr2*sin


# mistake: upstream_only -- cos and sin are missing
def dx1(dr1, dr2):
    return dr1 + dr2


# mistake: wrong_path -- divided by cos
def dx1(dr1, dr2, cos, sin):
    return dr1/cos + dr2*sin


# mistake: upstream_unused -- the gradients are missing
def dx1(x1, cos, sin):
    return (cos + sin).expand_as(x1)


# mistake: zeros -- left as zeros
def dx1(x1):
    return torch.zeros_like(x1)
