# mistake: constant_factor -- not averaged over the tokens
def dlogits(logits, targets):
    p = logits.softmax(1)
    p[torch.arange(len(p)), targets.flatten()] -= 1
    return p


# mistake: fused_term -- the one of the target is missing
def dlogits(logits):
    return logits.softmax(1) / len(logits)
