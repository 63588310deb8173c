# mistake: sign -- the minus of the loss
def dalpha(alpha):
    return torch.softmax(alpha, dim=0)
