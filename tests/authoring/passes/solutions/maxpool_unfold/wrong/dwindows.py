# mistake: not_expanded -- the shape of the maxima
def dwindows(dvalues):
    return dvalues.clone()


# mistake: wrong_operand -- every pixel of a window gets the gradient
def dwindows(dvalues, windows):
    return dvalues[:, :, None].expand_as(windows).clone()
