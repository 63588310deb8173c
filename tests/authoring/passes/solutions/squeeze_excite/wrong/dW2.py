# mistake: wrong_operand -- the sigmoid is skipped
def dW2(de, s, W1, W2):
    a, e = _run(s, W1, W2)
    return a.T @ de
