# mistake: wrong_index -- the last token is left out instead of the first
def dtokens(dx):
    return dx[:, :-1]
