# mistake: constant_factor -- the mean over the sequences only
def dlogits(logits, tags):
    p = torch.softmax(logits, dim=2)
    return (p - torch.nn.functional.one_hot(tags, p.shape[2])) / len(tags)
