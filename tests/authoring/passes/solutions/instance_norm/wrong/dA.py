# mistake: wrong_index -- scale and shift swapped
def dA(dscale, dshift, style):
    return style.T @ torch.cat([dshift, dscale], 1)
