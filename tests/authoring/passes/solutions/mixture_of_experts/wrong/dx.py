# mistake: missing_path -- the gate is taken for a constant
def dx(dmix, gate, x, E0, E1, E2, E3):
    d = torch.zeros_like(x)
    for i, E in enumerate([E0, E1, E2, E3]):
        d = d + (gate[:, i, None] * dmix * (1 - torch.tanh(x @ E)**2)) @ E.T
    return d


# mistake: missing_path -- the experts are taken for constants
def dx(dscores, scores, Wg):
    return _kept(dscores, scores) @ Wg.T
