# form: with dloss
def dlosses(dloss, losses, active):
    return dloss.expand_as(losses)/active.sum()


# form: full
def dlosses(losses, active):
    return torch.full_like(losses, 1/active.sum().item())


# form: the count, computed differently
def dlosses(losses, y):
    return torch.ones_like(losses)/(y >= 0).sum()
