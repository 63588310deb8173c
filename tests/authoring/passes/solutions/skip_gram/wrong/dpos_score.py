# mistake: wrong_operand -- the sigmoid of the score itself
def dpos_score(dpos_loss, pos_score):
    return -dpos_loss * torch.sigmoid(pos_score)
