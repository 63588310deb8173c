# mistake: wrong_operand -- divided by the number of examples, not by the sum of their weights
def dlogits(logits, y, class_weight):
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d * class_weight[y][:, None] / len(y)


# mistake: wrong_operand -- the class weights are forgotten
def dlogits(logits, y):
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d / len(y)


# mistake: wrong_operand -- a weight for each column, not for each example
def dlogits(logits, y, class_weight):
    d = logits.softmax(1)
    d[torch.arange(len(y)), y] -= 1
    return d * class_weight / class_weight[y].sum()


# mistake: fused_term -- the one-hot term is missing
def dlogits(logits, y, class_weight):
    weight = class_weight[y][:, None]
    return logits.softmax(1) * weight / weight.sum()
