# mistake: transposed -- not transposed
def dw_tilde(dinner, w):
    return dinner @ w
