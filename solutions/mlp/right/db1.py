# form: dim by name
def db1(dhprebn):
    return dhprebn.sum(dim=0)


# form: einsum
def db1(dhprebn):
    return torch.einsum('ij->j', dhprebn)


# form: kept, then dropped
def db1(dhprebn):
    return dhprebn.sum(0, keepdim=True).squeeze(0)


# form: times a row of ones
def db1(dhprebn):
    return torch.ones(dhprebn.shape[0]) @ dhprebn


# form: mean times n
def db1(dhprebn, n):
    return dhprebn.mean(0) * n


# form: a python sum over the rows
def db1(dhprebn):
    return sum(dhprebn)


# form: running sum, its last row
def db1(dhprebn):
    return dhprebn.cumsum(0)[-1]


# form: from below
def db1(dhprebn):
    return dhprebn.flip(0).sum(0)


# form: transposed and summed
def db1(dhprebn):
    return dhprebn.T.contiguous().sum(1)


# form: in float64, and back
def db1(dhprebn):
    return dhprebn.double().sum(0).to(dhprebn.dtype)


# form: fused from dbndiff and dbnmeani
def db1(dbndiff, dbnmeani, n):
    return (dbndiff + 1/n*dbnmeani).sum(0)


# form: fused: two sums
def db1(dbndiff, dbnmeani):
    return dbndiff.sum(0) + dbnmeani[0]
