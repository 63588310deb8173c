# mistake: transposed -- rows and columns swapped
def dWo(dout, ycat):
    return dout.flatten(0, 1).T @ ycat.flatten(0, 1)


# mistake: not_summed -- one matrix per example
def dWo(dout, ycat):
    return ycat.transpose(1, 2) @ dout


# mistake: constant_factor -- averaged over the examples
def dWo(dout, ycat):
    return (ycat.transpose(1, 2) @ dout).mean(0)


# mistake: wrong_index -- the first example only
def dWo(dout, ycat):
    return ycat[0].T @ dout[0]


# mistake: permuted -- y viewed without transposing it
def dWo(dout, y, C):
    return y.reshape(-1, C).T @ dout.flatten(0, 1)


# mistake: wrong_operand -- x instead of ycat
def dWo(dout, x):
    return x.flatten(0, 1).T @ dout.flatten(0, 1)


# mistake: upstream_only -- ycat is missing
def dWo(dout, Wo):
    return dout.sum((0, 1)).expand_as(Wo)


# mistake: sign -- a minus
def dWo(dout, ycat):
    return -ycat.flatten(0, 1).T @ dout.flatten(0, 1)


# mistake: zeros -- left as zeros
def dWo(Wo):
    return torch.zeros_like(Wo)
