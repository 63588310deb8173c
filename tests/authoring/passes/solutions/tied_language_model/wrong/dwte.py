# mistake: missing_path -- only where the table predicts
def dwte(dlogits, h):
    return torch.einsum('ntv,ntd->vd', dlogits, h)


# mistake: missing_path -- only where the table is read
def dwte(de, x, wte):
    return torch.zeros_like(wte).index_add(0, x.flatten(), de.flatten(0, 1))


# mistake: wrong_index -- the rows of the targets
def dwte(de, dlogits, h, y, wte):
    read = torch.zeros_like(wte).index_add(0, y.flatten(), de.flatten(0, 1))
    return read + torch.einsum('ntv,ntd->vd', dlogits, h)
