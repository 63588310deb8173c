# mistake: missing_path -- only the last layer
def dwte(dlogits, h):
    return dlogits.T @ h


# mistake: missing_path -- only the look-up
def dwte(dx, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx, dx)


# mistake: constant_factor -- the mean of both uses
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dx)/2


# mistake: repeated_index -- fancy += keeps only one of the places of a letter
def dwte(dlogits, dx, h, idx):
    d = dlogits.T @ h
    d[idx] += dx
    return d


# mistake: repeated_index -- the look-up overwrites the last layer
def dwte(dlogits, dx, h, idx):
    d = dlogits.T @ h
    d[idx] = dx
    return d


# mistake: wrong_path -- the look-up at the letters to come
def dwte(dlogits, dx, h, y):
    return (dlogits.T @ h).index_add(0, y, dx)


# mistake: negated_path -- the look-up with a minus
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, -dx)


# mistake: doubled_path -- the look-up twice
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, 2*dx)


# mistake: wrong_path -- x for h in the last layer
def dwte(dlogits, dx, x, idx):
    return (dlogits.T @ x).index_add(0, idx, dx)


# mistake: wrong_path -- z for h in the last layer
def dwte(dlogits, dx, z, idx):
    return (dlogits.T @ z).index_add(0, idx, dx)


# mistake: wrong_path -- dz for dx in the look-up
def dwte(dlogits, dz, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dz)


# mistake: transposed -- turned
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dx).T


# mistake: wrong_operand -- starts from the table instead of zeros
def dwte(dlogits, dx, h, idx, wte):
    return dlogits.T @ h + wte.index_add(0, idx, dx)


# mistake: sign -- everything with a minus
def dwte(dlogits, dx, h, idx):
    return -(dlogits.T @ h).index_add(0, idx, dx)


# mistake: float32_pinned -- only the last layer, written in float32
def dwte(dlogits, h):
    return dlogits.float().T @ h.float()


# mistake: zeros -- nothing is filled in
def dwte(wte):
    return torch.zeros_like(wte)
