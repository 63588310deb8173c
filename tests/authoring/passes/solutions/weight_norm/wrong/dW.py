# mistake: transposed -- transposed
def dW(dout, x):
    return x.T @ dout
