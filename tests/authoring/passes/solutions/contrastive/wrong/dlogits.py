# mistake: missing_path -- only the images' loss
def dlogits(logits):
    n = len(logits)
    return (torch.softmax(logits, dim=1) - torch.eye(n, dtype=logits.dtype)) / (2 * n)


# mistake: constant_factor -- the half is missing
def dlogits(logits):
    n = len(logits)
    both = torch.softmax(logits, dim=1) + torch.softmax(logits, dim=0)
    return (both - 2 * torch.eye(n, dtype=logits.dtype)) / n
