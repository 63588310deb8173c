# mistake: sign -- a plus
def dpicked(picked):
    return torch.ones_like(picked) / picked.numel()
