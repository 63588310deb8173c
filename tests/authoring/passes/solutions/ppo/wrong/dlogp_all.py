# mistake: missing_path -- the entropy is left out
def dlogp_all(dlogp, actions, logp_all):
    return torch.zeros_like(logp_all).scatter(1, actions[:, None], dlogp[:, None])
