# mistake: wrong_operand -- the gradient of nearest
def dlow(dup):
    return F.avg_pool2d(dup, 2) * 4


# mistake: wrong_operand -- averaged over 2x2
def dlow(dup):
    return F.avg_pool2d(dup, 2)


# mistake: wrong_operand -- every second pixel
def dlow(dup):
    return dup[:, :, ::2, ::2].clone()
