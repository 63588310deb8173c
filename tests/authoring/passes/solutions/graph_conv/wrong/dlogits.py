# mistake: wrong_operand -- nodes without a label count as well
def dlogits(logits, labels):
    d = logits.softmax(1)
    d[torch.arange(len(labels)), labels] -= 1
    return d / len(labels)


# mistake: wrong_operand -- divided by the number of all nodes
def dlogits(logits, labels, train_mask):
    d = logits.softmax(1)
    d[torch.arange(len(labels)), labels] -= 1
    return d * train_mask[:, None] / len(labels)


# mistake: constant_factor -- the mean is forgotten
def dlogits(logits, labels, train_mask):
    d = logits.softmax(1)
    d[torch.arange(len(labels)), labels] -= 1
    return d * train_mask[:, None]
