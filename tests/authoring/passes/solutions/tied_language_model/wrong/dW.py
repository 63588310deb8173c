# mistake: wrong_power -- 1 - h instead of 1 - h**2
def dW(dh, h, e):
    return torch.einsum('nti,ntj->ij', e, dh * (1 - h))
