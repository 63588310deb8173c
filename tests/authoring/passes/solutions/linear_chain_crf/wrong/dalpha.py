# mistake: upstream_unused -- the mean is left out
def dalpha(alpha):
    return torch.softmax(alpha, dim=1)
