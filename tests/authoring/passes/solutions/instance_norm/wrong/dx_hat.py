# mistake: wrong_operand -- the one is missing
def dx_hat(dy, scale):
    return dy * scale[:, :, None, None]
