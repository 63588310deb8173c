# mistake: wrong_operand -- the derivative of tanh for the sigmoid
def dg(dz, f, g):
    return dz * torch.tanh(f) * (1 - torch.sigmoid(g)**2)
