# mistake: not_summed -- not summed over the batch
def dweight(dout, normed):
    return dout * normed


# mistake: wrong_operand -- x instead of the normalized x
def dweight(dout, x):
    return (dout * x).sum(0)
