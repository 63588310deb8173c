# mistake: missing_path -- only the last layer
def dwte(dlogits, h):
    return dlogits.T @ h


# mistake: missing_path -- only the lookup
def dwte(dx, idx, wte):
    return torch.zeros_like(wte).index_add(0, idx, dx)


# mistake: constant_factor -- the mean of both uses
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dx)/2


# mistake: repeated_index -- fancy += keeps only one occurrence of a letter
def dwte(dlogits, dx, h, idx):
    d = dlogits.T @ h
    d[idx] += dx
    return d


# mistake: repeated_index -- the lookup overwrites the last layer
def dwte(dlogits, dx, h, idx):
    d = dlogits.T @ h
    d[idx] = dx
    return d


# mistake: wrong_path -- the lookup at the next letters
def dwte(dlogits, dx, h, y):
    return (dlogits.T @ h).index_add(0, y, dx)


# mistake: negated_path -- the lookup with a minus
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, -dx)


# mistake: doubled_path -- the lookup twice
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, 2*dx)


# mistake: wrong_path -- x instead of h in the last layer
def dwte(dlogits, dx, x, idx):
    return (dlogits.T @ x).index_add(0, idx, dx)


# mistake: wrong_path -- z instead of h in the last layer
def dwte(dlogits, dx, z, idx):
    return (dlogits.T @ z).index_add(0, idx, dx)


# mistake: wrong_path -- dz instead of dx in the lookup
def dwte(dlogits, dz, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dz)


# mistake: transposed -- transposed
def dwte(dlogits, dx, h, idx):
    return (dlogits.T @ h).index_add(0, idx, dx).T


# mistake: wrong_operand -- starts from the table instead of zeros
def dwte(dlogits, dx, h, idx, wte):
    return dlogits.T @ h + wte.index_add(0, idx, dx)


# mistake: sign -- everything with a minus
def dwte(dlogits, dx, h, idx):
    return -(dlogits.T @ h).index_add(0, idx, dx)


# mistake: float32_pinned -- only the last layer, in float32
def dwte(dlogits, h):
    return dlogits.float().T @ h.float()


# mistake: zeros -- left as zeros
def dwte(wte):
    return torch.zeros_like(wte)
