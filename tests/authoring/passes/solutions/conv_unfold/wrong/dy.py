# mistake: wrong_operand -- the gate of the gradient
def dy(dact):
    return torch.relu(dact)


# mistake: upstream_only -- the relu is forgotten
def dy(dact):
    return dact.clone()
