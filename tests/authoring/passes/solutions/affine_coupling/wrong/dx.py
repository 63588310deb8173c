# mistake: wrong_index -- the halves are not swapped back
def dx(dz, dlog_det, x, W1_0, b1_0, W2_0, b2_0, W1_1, b1_1, W2_1, b2_1):
    first, second = (W1_0, b1_0, W2_0, b2_0), (W1_1, b1_1, W2_1, b2_1)
    return _first(dz, dlog_det, x, first, second)[0].roll(x.shape[1] // 2, dims=1)
