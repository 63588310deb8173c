# mistake: wrong_operand -- w instead of w_tilde
def dw(dinner, w):
    return dinner @ w
