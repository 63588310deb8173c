# mistake: wrong_operand -- the label of a fake
def dfooled(fooled):
    return torch.sigmoid(fooled) / len(fooled)
