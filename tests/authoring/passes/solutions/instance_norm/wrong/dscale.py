# mistake: wrong_operand -- x instead of the normalized x
def dscale(dy, x):
    return (dy * x).sum((2, 3))
