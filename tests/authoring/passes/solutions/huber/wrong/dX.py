# mistake: wrong_operand -- X instead of w
def dX(dpred, X):
    return dpred[:, None] * X
