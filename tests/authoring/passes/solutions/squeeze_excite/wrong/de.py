# mistake: not_summed -- one gradient for each pixel
def de(dout, x):
    return dout * x


# mistake: constant_factor -- mean instead of sum
def de(dout, x):
    return (dout * x).mean((2, 3))
