# mistake: sign -- a minus
def dneg_score(dneg_loss, neg_score):
    return -dneg_loss[:, None] * torch.sigmoid(neg_score)
