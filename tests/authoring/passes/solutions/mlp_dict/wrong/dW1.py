# mistake: missing_path -- the tanh is skipped
def dW1(da1, x):
    return x.T @ da1
