# mistake: missing_path -- x once in the pairs
def dx(dlinear, dinteractions, w, x, pairs):
    return torch.outer(dlinear, w) + dinteractions[:, None] * (x @ pairs.T)


# mistake: missing_path -- the pairs are forgotten
def dx(dlinear, w):
    return torch.outer(dlinear, w)
