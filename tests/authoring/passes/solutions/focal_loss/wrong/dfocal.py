# mistake: wrong_operand -- alpha is forgotten
def dfocal(ce):
    return ce / ce.numel()
