# mistake: wrong_operand -- the gate is missing
def df(dz, f):
    return dz * (1 - torch.tanh(f)**2)
