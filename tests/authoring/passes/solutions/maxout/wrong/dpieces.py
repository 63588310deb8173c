# mistake: wrong_operand -- all pieces get the gradient
def dpieces(dout, pieces):
    return dout[:, :, None].expand_as(pieces).clone()


# mistake: constant_factor -- the gradient is shared
def dpieces(dout, pieces, winner):
    d = torch.zeros_like(pieces).scatter(2, winner[:, :, None], dout[:, :, None])
    return d / pieces.shape[2]


# mistake: wrong_index -- the first piece
def dpieces(dout, pieces):
    d = torch.zeros_like(pieces)
    d[:, :, 0] = dout
    return d
