# mistake: missing_path -- the gate is taken for a constant
def dx(douts, outs, E0, E1, E2, E3):
    return torch.einsum('nio,ido->nd', _before_tanh(douts, outs), torch.stack([E0, E1, E2, E3]))


# mistake: missing_path -- the experts are taken for constants
def dx(dscores, scores, Wg):
    return _kept(dscores, scores) @ Wg.T
