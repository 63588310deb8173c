# mistake: transposed -- transposed
def dw(dcos, f):
    return f.T @ dcos
