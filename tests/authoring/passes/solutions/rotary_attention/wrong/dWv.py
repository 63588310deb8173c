# mistake: transposed -- transposed
def dWv(dv, x):
    return torch.einsum('nti,ntj->ji', x, dv)
