# mistake: missing_path -- the entropy is left out
def dlogp(dlogp_a, logp, actions):
    return torch.zeros_like(logp).scatter(1, actions[:, None], dlogp_a[:, None])


# mistake: negated_path -- the entropy with the wrong sign
def dlogp(dlogp_a, dloss, logp, actions):
    p = logp.exp()
    chosen = torch.zeros_like(logp).scatter(1, actions[:, None], dlogp_a[:, None])
    return chosen - BETA * dloss * (p * logp + p) / len(logp)
