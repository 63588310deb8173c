# mistake: constant_factor -- the mean over all pixels
def dlogits(logits, x):
    return (torch.sigmoid(logits) - x) / x.numel()
