# mistake: wrong_operand -- gate and up swapped
def dgate(dh, gate):
    return dh * gate
