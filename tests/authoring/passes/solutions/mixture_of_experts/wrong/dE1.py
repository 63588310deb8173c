# mistake: wrong_index -- the gate of another expert
def dE1(dmix, gate, x, E1):
    return _dE(0, dmix, gate, x, E1)


# mistake: wrong_operand -- the gate is forgotten
def dE1(dmix, x, E1):
    return x.T @ (dmix * (1 - torch.tanh(x @ E1)**2))
