# mistake: wrong_operand -- the branches swapped
def dabs_r(drho, abs_r, delta):
    return drho * torch.where(abs_r <= delta, delta, 0.0)
