# mistake: other_gradient -- the left half
def dright(dboth, left):
    return dboth[:, :, : left.shape[2]]
