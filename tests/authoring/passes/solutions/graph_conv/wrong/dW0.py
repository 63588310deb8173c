# mistake: missing_path -- the gate of the relu is forgotten
def dW0(dH, A_norm, X):
    return (A_norm @ X).T @ dH


# mistake: wrong_operand -- the neighbors are forgotten
def dW0(dH, H, X):
    return X.T @ (dH * (H > 0))
