# mistake: fused_term -- the one-hot term is missing
def dlogits(logits, y):
    return logits.softmax(1) / len(y)
