# mistake: wrong_index -- each row's partner is itself
def dsim(sim):
    p = torch.softmax(sim, dim=1)
    return (p - torch.eye(len(p), dtype=p.dtype)) / len(p)
