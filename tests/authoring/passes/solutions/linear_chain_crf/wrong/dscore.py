# mistake: constant_factor -- not averaged over the sequences
def dscore(score):
    return -torch.ones_like(score)
