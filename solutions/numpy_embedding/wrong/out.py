# mistake: constant_factor -- scaled by the root of the width, as in a transformer
def word_embedding_forward(x, W):
    return W[x] * np.sqrt(W.shape[1]), (x, W.shape)


# mistake: wrong_index -- counted from one
def word_embedding_forward(x, W):
    return W[x - 1], (x, W.shape)
